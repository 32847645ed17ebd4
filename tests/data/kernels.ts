/** `deno task kernels`: WebAssembly from its text, in src/data/kernels. */
import wabt from "wabt";
import { writeFileWhole } from "../../src/base/files.ts";

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

if (import.meta.main) {
  for (const name of kernels) {
    await writeFileWhole(keptAt(name).pathname, await assembled(name));
    console.log(`made ${name}.wasm`);
  }
}
