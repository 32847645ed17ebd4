/** `doctor`: says what was found on this machine, multiplies two matrices, and names the fix of what is wrong. */
import { messageOf } from "../base/errors.ts";
import { float32 } from "../base/value.ts";
import { chooseEngine, type EngineName } from "../engine/choose.ts";
import { type Finding, inspect } from "../engine/doctor.ts";
import { locate } from "../engine/setup.ts";
import { linear } from "../ops/linear.ts";
import type { Command } from "./command.ts";
import type { Parsed } from "./options.ts";

/** What `doctor` takes. */
export const doctorCommand = {
  name: "doctor",
  summary: "Looks at what the engines need on this machine and names what to do.",
  positionals: {},
  options: { json: { kind: "boolean", help: "for programs" } },
  examples: ["deno task doctor"],
} as const satisfies Command;

/** [[1, 2], [3, 4]] times its own transpose, by an engine. */
async function product(name: EngineName): Promise<Finding> {
  const what = `product on ${name}`;
  try {
    const { engine } = await chooseEngine(name);
    using memory = engine.memory();
    const square = memory.compile((_, { x }) => ({ outputs: { y: linear(x, x) } }));
    const { y } = await square.run({ x: float32([2, 2], [1, 2, 3, 4]) });
    const ok = `${y.data}` === "5,11,11,25";
    return { what, ok, found: ok ? engine.description : `[[1, 2], [3, 4]] squared gave ${y.data}` };
  } catch (error) {
    return { what, ok: false, found: messageOf(error), fix: "run `deno task setup`" };
  }
}

/** Runs the command; gives its exit code: 0 when some engine works. */
export async function doctor({ options }: Parsed<typeof doctorCommand>): Promise<number> {
  const findings = await inspect();
  const products = [await product("portable")];
  const usable = findings.every(({ what, ok }) => ok || !what.startsWith("libtensorflow"));
  if (usable && locate() !== undefined) products.push(await product("tensorflow"));
  const all = [...findings, ...products];
  if (options.json) console.log(JSON.stringify(all, null, 2));
  else {
    for (const { what, ok, found, fix } of all) {
      console.log(`${ok ? "ok  " : "FAIL"}  ${what}: ${found}${ok || fix === undefined ? "" : `; ${fix}`}`);
    }
  }
  return products.some(({ ok }) => ok) ? 0 : 1;
}
