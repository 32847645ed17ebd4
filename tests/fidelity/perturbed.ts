/** Goldens that are wrong by a little: copies in which one file is changed. */
import { committed } from "./films.ts";

/** Changes a file, given its path. */
export type Change = (path: string) => Promise<void>;

/** Puts another number in place of the first that follows a text. */
export const numberAfter = (text: string, change: (x: number) => number): Change => async (path) => {
  const content = await Deno.readTextFile(path);
  const [before, ...rest] = content.split(text), after = rest.join(text);
  const number = after.match(/-?\d[\d.]*(e-?\d+)?/);
  if (number === null) throw new Error(`expected a number behind ${text} in "${path}"`);
  const end = number.index! + number[0].length;
  const changed = after.slice(0, number.index) + change(Number(number[0])) + after.slice(end);
  await Deno.writeTextFile(path, before + text + changed);
};

/** Adds to the first number of a float32 array in a safetensors file. */
export const tensor = (name: string, by: number): Change => async (path) => {
  const bytes = await Deno.readFile(path), view = new DataView(bytes.buffer);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const at = 8 + length + header[name].data_offsets[0];
  view.setFloat32(at, view.getFloat32(at, true) + by, true);
  await Deno.writeFile(path, bytes);
};

/** Turns the last bit of a byte around; a negative place counts from the end. */
export const bit = (at: number): Change => async (path) => {
  const bytes = await Deno.readFile(path);
  bytes[at < 0 ? bytes.length + at : at] ^= 1;
  await Deno.writeFile(path, bytes);
};

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const paths = [`${from}/${name}`, `${to}/${name}`] as const;
    await (isDirectory ? copy(...paths) : Deno.copyFile(...paths));
  }
}

/** Runs a test on the goldens with one file changed. */
export async function withChanged(
  file: string,
  change: Change,
  test: (goldens: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await copy(committed, `${root}/golden`);
    await change(`${root}/golden/${file}`);
    await test(`${root}/golden`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
