/** Compares libtensorflow's kernels with those tfjs has in JavaScript. */
import type { Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import type { Engine } from "../../../src/engine/engine.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { native } from "../native.ts";
import { assertClose } from "../portable/support.ts";

interface Found {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: ArrayLike<number>;
}

/** What `make` gives on the current backend; it must leave nothing behind. */
function found(make: () => Tensor[]): Found[] {
  const before = tf.memory().numTensors;
  const kept = tf.tidy(() => make().map((tensor) => tf.keep(tensor)));
  const values = kept.map((t) => ({ shape: [...t.shape], dtype: t.dtype, data: t.dataSync() }));
  tf.dispose(kept);
  assertEquals(tf.memory().numTensors, before);
  return values;
}

/**
 * Fails unless `make` gives the same on libtensorflow, eager and traced, as on tfjs's JavaScript backend.
 * `make` creates its tensors itself.
 */
export async function sameAsJavaScript(make: () => Tensor[], tolerance = 2e-6): Promise<void> {
  await tf.setBackend("cpu");
  const expected = found(make);
  const engine = native();
  const handles = engine.holdings();
  const eager = found(make);
  const traced = await tracedValues(engine, make);
  assertEquals(engine.holdings(), handles);
  for (const [i, { shape, dtype, data }] of expected.entries()) {
    assertEquals([eager[i].shape, eager[i].dtype], [shape, dtype]);
    assertEquals(traced[i].shape, shape);
    assertClose(eager[i].data, data, tolerance);
    assertClose(traced[i].data, data, tolerance);
  }
}

async function tracedValues(engine: Engine, make: () => Tensor[]): Promise<Omit<Found, "dtype">[]> {
  using memory = engine.memory();
  const program = memory.compile(() => ({
    outputs: Object.fromEntries(make().map((tensor, i) => [`${i}`, tensor])),
  }));
  return Object.values(await program.run({}));
}
