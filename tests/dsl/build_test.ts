import { assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { build, type Model, type ModelFunction } from "../../src/dsl/build.ts";
import type { Layer, Node } from "../../src/dsl/node.ts";
import { portable } from "../../src/engine/portable.ts";
import { type Tensor, type Tensors, tf } from "../../src/tensor.ts";

await portable();

const zeros = (shape: readonly number[]) => new Float32Array(shape.reduce((n, d) => n * d, 1));

/** y = a x, and in training the buffer `seen` grows by the sum of x. */
const scaled: Layer = (x, at) => {
  const a = at.weight("a", [], zeros);
  const seen = at.buffer("seen", [], zeros);
  return at.node([x], [a, seen], x.shape, ([x], [a, s], run) => {
    if (run.training) run.update(seen, tf.add(s, tf.sum(x)));
    return tf.mul(x, a);
  });
};
/** x plus a random number of this place, when there is one. */
const noisy: Layer = (x, at) =>
  at.node([x], [], x.shape, ([x], _, run) => {
    const seed = run.seed(at.path);
    return seed === undefined ? x : tf.add(x, tf.mul(tf.cast(tf.slice(seed, 1, 1), "float32"), 1e-9));
  });

/** What `f` gives, its tensors given back. */
function tidied<T>(f: () => T): T {
  let result!: T;
  tf.tidy(() => {
    result = f();
  });
  return result;
}

const numbers = (tensor: Tensor) => Array.from(tensor.dataSync());
/** Applies a model of `x` to [1, 2] with a = 3 and seen = 10; numbers of the output and of the updates. */
const applied = (model: Model, { training, seed }: { training: boolean; seed?: number }) =>
  tidied(() => {
    const params = Object.fromEntries(
      model.params.map((p) => [p.name, tf.scalar(p.name.endsWith("a") ? 3 : 10)]),
    );
    const { output, updates } = model.apply(params, { x: tf.tensor2d([[1], [2]]) }, {
      training,
      ...(seed !== undefined && { seed: tf.scalar(seed, "int32") }),
    });
    const moved = Object.entries(updates).map(([name, value]) => [name, numbers(value)[0]]);
    return { output: numbers(output), updates: Object.fromEntries(moved) };
  });

const ofX = (model: ModelFunction<"x">) => build(model, { x: ["batch", 1] });

Deno.test("nodes come in the order of computation, each once and after its inputs", () => {
  const model = build(({ a, b }, at) => {
    const twice = scaled(a, at("twice"));
    const left = noisy(twice, at("left")), right = noisy(twice, at("right"));
    return at("sum").node([right, left, b], [], ["batch", 1], ([r, l, b]) => tf.addN([r, l, b]));
  }, { a: ["batch", 1], b: ["batch", 1] });
  assertEquals(model.nodes.map(({ path }) => path), ["a", "twice", "right", "left", "b", "sum"]);
  assertEquals(model.output.path, "sum");
});

Deno.test("arrays are listed as they were declared, whether the output needs them or not", () => {
  const model = ofX(({ x }, at) => (scaled(x, at("unused")), scaled(x, at("used"))));
  assertEquals(model.params.map(({ name }) => name), ["unused.a", "unused.seen", "used.a", "used.seen"]);
  assertEquals(model.nodes.map(({ path }) => path), ["x", "used"]);
});

Deno.test("an input that the output does not need need not be given", () => {
  const model = build(({ x }: Readonly<Record<"x" | "y", Node>>) => x, { x: ["batch", 1], y: [2] });
  assertEquals(applied(model, { training: false }).output, [1, 2]);
  assertEquals(Object.keys(model.inputs), ["x", "y"]);
});

Deno.test("buffers are updated in training, seed or not, and never in evaluation", () => {
  const model = ofX(({ x }, at) => scaled(x, at("layer")));
  assertEquals(applied(model, { training: true }), { output: [3, 6], updates: { "layer.seen": 13 } });
  assertEquals(applied(model, { training: false }), { output: [3, 6], updates: {} });
});

Deno.test("a pass changes nothing: the same call gives the same again and leaves its arrays as they were", () => {
  const model = ofX(({ x }, at) => noisy(scaled(x, at("layer")), at("noise")));
  const options = { training: true, seed: 7 };
  assertEquals(applied(model, options), applied(model, options));
  tidied(() => {
    const params: Tensors = { "layer.a": tf.scalar(3), "layer.seen": tf.scalar(10) };
    const inputs: Tensors = { x: tf.tensor2d([[1], [2]]) };
    model.apply(params, inputs, { training: true });
    assertEquals([...Object.values(params), inputs.x].map(numbers), [[3], [10], [1, 2]]);
    assertEquals(Object.keys(params), ["layer.a", "layer.seen"]);
  });
});

Deno.test("random numbers depend on the seed and on the place, and there are none in evaluation or without a seed", () => {
  const seeds = (options: { training: boolean; seed?: number }) => {
    const found: number[][] = [];
    const spy: Layer = (x, at) =>
      at.node([x], [], x.shape, ([x], _, run) => {
        const seed = run.seed(at.path);
        if (seed !== undefined) found.push(numbers(seed));
        return x;
      });
    applied(ofX(({ x }, at) => spy(spy(x, at("first")), at("second"))), options);
    return found;
  };
  const [first, second] = seeds({ training: true, seed: 7 });
  assertEquals([first[0], second[0]], [7, 7]);
  assertNotEquals(first[1], second[1]);
  assertEquals(seeds({ training: true, seed: 8 }), [[8, first[1]], [8, second[1]]]);
  assertEquals(seeds({ training: true }), []);
  assertEquals(seeds({ training: false, seed: 7 }), []);
});

const refused = (model: Model, params: Tensors, inputs: Tensors) =>
  tidied(() => assertThrows(() => model.apply(params, inputs, { training: false }), OnesheetError).message);

Deno.test("a missing input, a missing array and a wrong shape are errors that say which", () => {
  const model = ofX(({ x }, at) => scaled(x, at("layer")));
  const params = { "layer.a": tf.scalar(3), "layer.seen": tf.scalar(10) };
  const x = tf.tensor2d([[1], [2]]);
  assertEquals(
    refused(model, params, { y: x }),
    'Cannot run the model: expected an input "x", found none',
  );
  assertEquals(
    refused(model, { "layer.a": params["layer.a"] }, { x }),
    'Cannot run "layer": expected an array "layer.seen", found none',
  );
  assertEquals(
    refused(model, params, { x: tf.tensor2d([[1, 2]]) }),
    'Cannot run "x": expected a value of shape [batch, 1], found [1, 2]',
  );
  assertEquals(
    refused(model, params, { x: tf.tensor1d([1, 2]) }),
    'Cannot run "x": expected a value of shape [batch, 1], found [2]',
  );
});

Deno.test("a layer that computes another shape than it claims is named", () => {
  const lying: Layer = (x, at) => at.node([x], [], ["batch", 2], ([x]) => x);
  const model = ofX(({ x }, at) => lying(x, at("tower")("lie")));
  assertEquals(
    refused(model, {}, { x: tf.tensor2d([[1], [2]]) }),
    'Cannot run "tower.lie": expected a value of shape [batch, 2], found [2, 1]',
  );
});

Deno.test("two layers that would draw the same random numbers are refused, with the place", () => {
  const twice: ModelFunction = ({ x }, at) => {
    const place = at("noise");
    return noisy(noisy(x, place), place);
  };
  const error = assertThrows(
    () => applied(build(twice, { x: ["batch", 1] }), { training: true, seed: 1 }),
    OnesheetError,
  );
  assertStringIncludes(error.message, 'Cannot run "noise": two layers would draw the same random numbers');
});

Deno.test("losses of a model's own are computed in training alone", () => {
  const model = ofX(({ x }, at) => {
    const hidden = scaled(x, at("hidden"));
    return { logits: hidden, losses: { other: { value: scaled(hidden, at("other")), weight: 2 } } };
  });
  assertEquals(model.output.path, "hidden");
  assertEquals(model.losses.other.weight, 2);
  const auxiliary = (training: boolean) =>
    tidied(() => {
      const params = Object.fromEntries(model.params.map(({ name }) => [name, tf.scalar(3)]));
      const applied = model.apply(params, { x: tf.tensor2d([[1], [2]]) }, { training });
      return [Object.keys(applied.updates), Object.values(applied.auxiliary).map(numbers)];
    });
  assertEquals(auxiliary(true), [["hidden.seen", "other.seen"], [[9, 18]]]);
  assertEquals(auxiliary(false), [[], []]);
});
