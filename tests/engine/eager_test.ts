import { assert, assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { ATTR, attribute } from "../../src/engine/attributes.ts";
import { DT } from "../../src/engine/dtype.ts";
import { type Eager, openEager } from "../../src/engine/eager.ts";
import { type Library, openLibrary } from "../../src/engine/library.ts";
import { tf } from "../../src/engine/tfjs.ts";
import { libraryFiles, nativeTest } from "./native.ts";

/** Runs a test in an eager context of its own and fails when it leaves native objects behind. */
function inContext(test: (eager: Eager, library: Library) => void) {
  return () => {
    const library = openLibrary(libraryFiles!);
    {
      using eager = openEager(library, { threads: 1 });
      assertEquals(library.handles(), 1);
      test(eager, library);
      assertEquals(library.handles(), 1);
    }
    assertEquals(library.handles(), 0);
  };
}

const T = attribute.type("T", DT.FLOAT);

nativeTest(
  "a constant comes back as it was, of every rank",
  inContext((eager) => {
    for (const shape of [[], [3], [2, 3], [0], [2, 0, 3], [1, 1, 2, 1, 3]]) {
      const size = shape.reduce((n, d) => n * d, 1);
      const data = Float32Array.from({ length: size }, (_, i) => i - 0.5);
      const handle = eager.constant(DT.FLOAT, shape, data);
      assertEquals(eager.read(handle), { dtype: DT.FLOAT, shape, data });
      eager.delete(handle);
    }
  }),
);

nativeTest(
  "a view into a larger buffer is read from where it begins",
  inContext((eager) => {
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const handle = eager.constant(DT.FLOAT, [2], data);
    assertEquals(eager.read(handle).data, Float32Array.of(2, 3));
    eager.delete(handle);
  }),
);

nativeTest(
  "an operation gives handles with their shapes and types, each to be deleted",
  inContext((eager, library) => {
    const x = eager.constant(DT.FLOAT, [2, 2], Float32Array.of(1, 5, 7, 3));
    const k = eager.constant(DT.INT32, [], Int32Array.of(1));
    const results = eager.execute("TopKV2", [x, k], [T, attribute.bool("sorted", true)], 2);
    assertEquals(results.map(({ shape, dtype }) => [shape, dtype]), [[[2, 1], DT.FLOAT], [[2, 1], DT.INT32]]);
    assertEquals(results.map(({ handle }) => [...eager.read(handle).data as Int32Array]), [[5, 7], [1, 0]]);
    assertEquals(library.handles(), 5);
    for (const handle of [x, k, ...results.map(({ handle }) => handle)]) eager.delete(handle);
  }),
);

nativeTest(
  "a refused operation names itself, says why and leaves nothing behind",
  inContext((eager) => {
    const x = eager.constant(DT.FLOAT, [2], Float32Array.of(1, 2));
    const refused = (name: string, sentence: string) =>
      assertThrows(
        () => eager.execute(name, [x, x], [T], 1),
        OnesheetError,
        `Cannot run ${name}: ${sentence}`,
      );
    refused("MatMul", "In[0] ndims must be >= 2");
    refused("NoSuchOperation", "'NoSuchOperation' is neither a type of a primitive operation");
    const strange = [{ name: "T", type: ATTR.RESOURCE, value: 1 }];
    assertThrows(() => eager.execute("Square", [x], strange, 1), TypeError, 'Cannot set attribute "T"');
    eager.delete(x);
  }),
);

nativeTest(
  "the device is a CPU or a GPU",
  inContext((eager) => assert(["CPU", "GPU"].includes(eager.device))),
);

nativeTest("operations in a tidy leave no tensor and no handle, also when one throws", (engine) => {
  const before = engine.holdings();
  for (let i = 0; i < 50; i++) {
    tf.tidy(() => {
      const x = tf.tensor2d([[1, 2], [3, 4]]);
      const loss = (x: typeof tf.Tensor.prototype) => tf.sum(tf.softmax(tf.matMul(x as never, x as never)));
      tf.grad(loss)(x).dataSync();
      tf.max(tf.stack([x, tf.transpose(x)])).dataSync();
    });
    assertThrows(() => tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.relu(tf.ones([2, 3])))), OnesheetError);
    assertEquals(engine.holdings(), before);
  }
});
