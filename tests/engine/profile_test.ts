/** A memory tells what the steps of some work took, and nothing of other steps. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { float32 } from "../../src/base/value.ts";
import { tf } from "../../src/tensor.ts";
import { nativeTest } from "./native.ts";

nativeTest(
  "a profile has one record for each step of the work, and leaves nothing behind",
  async (engine) => {
    using memory = engine.memory();
    const double = memory.compile((_, { x }) => ({ outputs: { y: tf.mul(x, 2) } }));
    const run = () => double.run({ x: float32([2], [1, 2]) });
    await run();
    const held = engine.holdings();
    const records = await memory.profile!(() => run().then(run));
    assertEquals(records.length, 2);
    const text = new TextDecoder("latin1").decode(records[0]);
    assert(/Mul_\d+ = Mul\(/.test(text), text);
    await run();
    assertEquals(records.length, 2);
    assertEquals(engine.holdings(), held);
  },
);

nativeTest("a profile whose work fails fails as the work does, and is over", async (engine) => {
  using memory = engine.memory();
  const failing = () => Promise.reject(new Error("no"));
  await assertRejects(() => memory.profile!(failing), Error, "no");
  assertEquals(await memory.profile!(() => Promise.resolve()), []);
});
