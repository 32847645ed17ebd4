/** `deno task kernels`: WebAssembly from its text, in src/data/kernels. */
import { fileURLToPath } from "node:url";
import wabt from "wabt";
import { writeFileWhole } from "../../src/base/files.ts";
import type { Command } from "../../src/cli/command.ts";
import { ending, runCommand } from "../../src/cli/running.ts";

const folder = new URL("../../src/data/kernels/", import.meta.url);

/** The kernels by name. */
export const kernels = ["resize"];

/** Where the module that is kept lies. */
export const keptAt = (name: string): URL => new URL(`${name}.wasm`, folder);

/** The module that the text gives. */
export async function assembled(name: string): Promise<Uint8Array> {
  const text = await Deno.readTextFile(new URL(`${name}.wat`, folder));
  const { parseWat } = await wabt();
  const module = parseWat(`${name}.wat`, text, { simd: true });
  module.validate();
  return module.toBinary({}).buffer;
}

const command = {
  name: "kernels",
  summary: "Makes the WebAssembly modules in src/data/kernels from the text beside them.",
  positionals: {},
  options: {},
  examples: ["deno task kernels"],
} as const satisfies Command;

async function make(): Promise<number> {
  for (const name of kernels) {
    await writeFileWhole(fileURLToPath(keptAt(name)), await assembled(name));
    console.log(`made ${name}.wasm`);
  }
  return 0;
}

if (import.meta.main) Deno.exit(await ending(() => runCommand(command, Deno.args, make)));
