/** What the options of the tensorflow engine do to numbers, on the CPU. */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { float32, type Value } from "../../src/base/value.ts";
import { chooseEngine } from "../../src/engine/choose.ts";
import { readDriver } from "../../src/engine/cuda/driver.ts";
import { NoCuda } from "../../src/engine/cuda/reasons.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { tensorflow } from "../../src/engine/tensorflow.ts";
import { linear } from "../../src/ops/linear.ts";
import { tf } from "../../src/tensor.ts";
import { libraryFiles, nativeTest } from "./native.ts";

const SIZE = 64;
const stream = random("precision");
const numbers = () => float32([SIZE, SIZE], Array.from({ length: SIZE * SIZE }, () => stream.normal()));
const [x, y] = [numbers(), numbers()];

/** gelu-like numbers of a product of a product, traced. */
async function computed(engine: Engine): Promise<Value> {
  using memory = engine.memory();
  const program = memory.compile((_, { x, y }) => ({ outputs: { z: linear(tf.tanh(linear(x, y)), y) } }));
  return (await program.run({ x, y })).z;
}

const off = (a: Value, b: Value): number =>
  Math.max(...Array.from(a.data, (value, i) => Math.abs(value - b.data[i])));

/** oneDNN converts where the processor has instructions for it. */
async function hasBfloat16(): Promise<boolean> {
  const told = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  return Deno.build.arch === "x86_64" && /\bavx512_bf16\b|\bamx_bf16\b/.test(told);
}

nativeTest("bfloat16 changes numbers by little, and engines of other options not at all", async (engine) => {
  const before = await computed(engine);
  const low = tensorflow(libraryFiles!, { precision: "bfloat16" });
  assertEquals([low.options, engine.options], [{ precision: "bfloat16" }, {}]);
  assert(low.description.endsWith(", bfloat16"), low.description);
  const difference = off(await computed(low), before);
  assert(difference < 0.5, `${difference}`); // sums of 64 products with 8 bits of mantissa
  if (await hasBfloat16()) assert(difference > 1e-3, `${difference}`);
  assertEquals(await computed(engine), before);
});

nativeTest("XLA gives the numbers of float32", async (engine) => {
  const compiled = tensorflow(libraryFiles!, { xla: true });
  assert(compiled.description.endsWith(", XLA"), compiled.description);
  assert(off(await computed(compiled), await computed(engine)) < 1e-4);
});

nativeTest("the same options give the same engine", (engine) => {
  assertStrictEquals(tensorflow(libraryFiles!, { precision: "float32", xla: false, tf32: false }), engine);
  const options = { precision: "bfloat16" } as const;
  assertStrictEquals(tensorflow(libraryFiles!, options), tensorflow(libraryFiles!, options));
});

nativeTest("the CPU refuses what only CUDA has", () => {
  for (const options of [{ precision: "mixed" }, { tf32: true }] as const) {
    assertThrows(() => tensorflow(libraryFiles!, options), OnesheetError, "on the CPU: libtensorflow has it");
  }
});

nativeTest("a library without the GPU that was asked for says so", () => {
  if (libraryFiles?.nvidia !== undefined) return;
  const gpu = { name: "NVIDIA Test", memory: 8e9, capability: "8.0" };
  assertThrows(
    () => tensorflow(libraryFiles!, {}, gpu),
    NoCuda,
    "does not find the GPU that the driver shows",
  );
});

/** Why this machine has no CUDA; undefined where it has a driver and a GPU. */
function noDriver(): string | undefined {
  try {
    readDriver();
  } catch (error) {
    if (error instanceof NoCuda) return error.message;
    throw error;
  }
}

Deno.test({
  name: "without a driver --engine cuda is refused in the driver's sentence",
  ignore: noDriver() === undefined,
  fn: async () => {
    const thrown = await chooseEngine("cuda").catch((error) => error);
    assert(thrown instanceof NoCuda);
    assertEquals([thrown.message, thrown.exitCode], [noDriver(), 1]);
  },
});

nativeTest("auto takes the CPU where there is no driver, and says why", async () => {
  const reason = noDriver();
  if (reason === undefined) return;
  const { engine, why } = await chooseEngine("auto");
  assertEquals(engine.name, "tensorflow");
  assert(why.startsWith("libtensorflow is set up; no CUDA: "), why);
  assert(reason.includes(why.replace("libtensorflow is set up; no CUDA: ", "")), why);
});
