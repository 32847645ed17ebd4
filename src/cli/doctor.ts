/** `doctor`: says what was found on this machine, multiplies two matrices, and names the fix of what is wrong. */
import { messageOf } from "../base/errors.ts";
import { random } from "../base/random.ts";
import { float32 } from "../base/value.ts";
import { chooseEngine, type EngineName } from "../engine/choose.ts";
import { type Finding, inspect } from "../engine/doctor.ts";
import { locate, locateForCpu } from "../engine/setup.ts";
import { linear } from "../ops/linear.ts";
import type { Command } from "./command.ts";
import type { Parsed } from "./options.ts";
import { jsonText, print } from "./terminal.ts";

/** What `doctor` takes. */
export const doctorCommand = {
  name: "doctor",
  summary: "Looks at what the engines need on this machine and names what to do.",
  positionals: {},
  options: { json: { kind: "boolean", help: "for programs" } },
  examples: ["deno task doctor"],
} as const satisfies Command;

const SIZE = 128;
/** Of sums of 128 products of numbers below 1; float32 is off by about 1e-6, TF32 by 1e-3. */
const LIMIT = 2e-5;

/** x times the transpose of y, in float64. */
function reference(x: Float32Array, y: Float32Array): Float64Array {
  const product = new Float64Array(SIZE * SIZE);
  for (let i = 0; i < SIZE; i++) {
    for (let j = 0; j < SIZE; j++) {
      let sum = 0;
      for (let k = 0; k < SIZE; k++) sum += x[i * SIZE + k] * y[j * SIZE + k];
      product[i * SIZE + j] = sum;
    }
  }
  return product;
}

/** A product of two matrices by an engine, compared with one in float64 on the CPU. */
async function product(name: EngineName): Promise<Finding> {
  const what = `product on ${name}`;
  try {
    const { engine } = await chooseEngine(name);
    using memory = engine.memory();
    const numbers = random(1, "doctor");
    const [x, y] = [0, 1].map(() =>
      Float32Array.from({ length: SIZE * SIZE }, () => numbers.uniform() - 0.5)
    );
    const multiply = memory.compile((_, { x, y }) => ({ outputs: { z: linear(x, y) } }));
    const { z } = await multiply.run({ x: float32([SIZE, SIZE], x), y: float32([SIZE, SIZE], y) });
    const expected = reference(x, y);
    const off = Math.max(...expected.map((value, i) => Math.abs(value - z.data[i])));
    const found = `${engine.description}; largest difference from float64 ${off.toExponential(0)}`;
    return off <= LIMIT
      ? { what, ok: true, found }
      : { what, ok: false, found, fix: `expected ${LIMIT} at most; run on another engine` };
  } catch (error) {
    return { what, ok: false, found: messageOf(error) };
  }
}

/** Runs the command; gives its exit code: 0 when some engine works. */
export async function doctor({ options }: Parsed<typeof doctorCommand>): Promise<number> {
  const findings = await inspect();
  const usable = (area: string) => findings.every(({ what, ok }) => ok || !what.startsWith(area));
  const products = [await product("portable")];
  // CUDA first: a process holds one build of libtensorflow, and that of CUDA serves both.
  if (usable("CUDA ") && locate("cuda") !== undefined) products.push(await product("cuda"));
  if (usable("libtensorflow") && locateForCpu() !== undefined) products.push(await product("tensorflow"));
  const all = [...findings, ...products];
  if (options.json) print(jsonText(all, 2));
  else {
    for (const { what, ok, found, fix } of all) {
      print(`${ok ? "ok  " : "FAIL"}  ${what}: ${found}${ok || fix === undefined ? "" : `; ${fix}`}`);
    }
  }
  return products.some(({ ok }) => ok) ? 0 : 1;
}
