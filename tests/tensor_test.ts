import { assert, assertEquals, assertThrows } from "@std/assert";
import { float32 } from "../src/base/value.ts";
import { handOver, runKernel, type Tensor, tf, valueAndGradients, withGradient } from "../src/tensor.ts";
import { eachEngine } from "./engine/each.ts";

/** Runs a test and fails when it leaves tensors or native objects behind. */
const clean = (name: string, test: () => void) =>
  eachEngine(name, (engine) => {
    const before = engine.holdings();
    tf.tidy(test);
    assertEquals(engine.holdings(), before);
  });

const list = (tensor: Tensor): number[] => [...tensor.dataSync()];

clean("valueAndGradients gives the value, a gradient for each tensor by name, and the other tensors", () => {
  const [x, y] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 5])];
  const { value, gradients, aux } = valueAndGradients(() => {
    const product = tf.mul(x, y);
    return { value: tf.sum(product), aux: { product, total: tf.sum(y) } };
  }, { x, y });
  assertEquals(list(value), [13]);
  assertEquals([list(gradients.x), list(gradients.y)], [[3, 5], [1, 2]]);
  assertEquals([list(aux.product), list(aux.total)], [[3, 10], [8]]);
});

clean("a tensor without influence on the value has no gradient, one with gradient zero has", () => {
  const [x, unused, cancelled] = [tf.scalar(2), tf.scalar(3), tf.scalar(4)];
  const { gradients } = valueAndGradients(
    () => ({ value: tf.add(tf.square(x), tf.mul(cancelled, 0)), aux: {} }),
    { x, unused, cancelled },
  );
  assertEquals(Object.keys(gradients), ["x", "cancelled"]);
  assertEquals([list(gradients.x), list(gradients.cancelled)], [[4], [0]]);
});

clean("what valueAndGradients is given stays, also when the function hands it out, twice", () => {
  const x = tf.tensor1d([1, 2]);
  const { gradients, aux } = valueAndGradients(() => {
    const y = tf.square(x);
    return { value: tf.sum(y), aux: { x, again: x, y, too: y } };
  }, { x });
  assertEquals([aux.x, aux.again, aux.y, aux.too].map(list), [[1, 2], [1, 2], [1, 4], [1, 4]]);
  assertEquals([list(x), list(gradients.x)], [[1, 2], [2, 4]]);
});

clean("a valueAndGradients that throws, in the function or in a gradient, leaves nothing behind", () => {
  const x = tf.tensor1d([1, 2]);
  const before = tf.memory().numTensors;
  const failing = (where: "function" | "gradient") =>
    tf.tidy(() => {
      valueAndGradients(() => {
        const y = withGradient([x], (x) => ({
          value: tf.square(x),
          saved: [],
          gradient: () => {
            throw new RangeError("in the gradient");
          },
        }));
        if (where === "function") throw new RangeError("in the function");
        return { value: tf.sum(y), aux: { y } };
      }, { x });
    });
  for (let i = 0; i < 20; i++) {
    assertThrows(() => failing("function"), RangeError, "in the function");
    assertThrows(() => failing("gradient"), RangeError, "in the gradient");
    assertEquals(tf.memory().numTensors, before);
  }
});

clean("withGradient uses the given gradient with what was saved, for each input", () => {
  const [x, y] = [tf.tensor1d([2, 3]), tf.tensor1d([5, 7])];
  const { value, gradients } = valueAndGradients(() => {
    const z = withGradient([x, y], (x, y) => ({
      value: tf.mul(x, y),
      saved: [tf.mul(x, 100), y],
      gradient: (dy, [hundredfold, y]) => [tf.mul(dy, hundredfold), tf.add(dy, y)],
    }));
    return { value: tf.sum(tf.mul(z, 2)), aux: {} };
  }, { x, y });
  assertEquals(list(value), [62]);
  assertEquals([list(gradients.x), list(gradients.y)], [[400, 600], [7, 9]]);
});

clean("runKernel gives a list, of one output too", () => {
  const [square, ...none] = runKernel("Square", { x: tf.tensor1d([3]) }, {});
  assertEquals([list(square), none.length], [[9], 0]);
});

clean("handOver moves a kept tensor into the tidy of here", () => {
  const kept = tf.tidy(() => tf.keep(tf.tensor1d([1, 2])));
  const moved = handOver(kept);
  assert(kept.isDisposed);
  assertEquals(list(moved), [1, 2]);
});

eachEngine("valueAndGradients is the same in a compiled step", async (engine) => {
  using memory = engine.memory();
  await memory.put("w", float32([2], [1, -2]));
  const program = memory.compile(({ w }, { x }) => {
    const { value, gradients, aux } = valueAndGradients(() => {
      const y = tf.mul(w, x);
      return { value: tf.sum(tf.square(y)), aux: { y, w } };
    }, { w, x });
    return { outputs: { value, w: gradients.w, x: gradients.x, y: aux.y, same: aux.w } };
  });
  for (let run = 0; run < 2; run++) {
    assertEquals(await program.run({ x: float32([], [3]) }), {
      value: float32([], [45]),
      w: float32([2], [18, -36]),
      x: float32([], [30]),
      y: float32([2], [3, -6]),
      same: float32([2], [1, -2]),
    });
  }
});
