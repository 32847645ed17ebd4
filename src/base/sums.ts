/** Checksums of a folder's files, as `sha256sum` writes them: `sha256sum --check SHA256SUMS` finds the same. */
import { join } from "node:path";
import { sha256Of } from "./digest.ts";
import { writeFileWhole } from "./files.ts";
import { readText } from "./text.ts";

const SUMS = "SHA256SUMS";

/** Writes the checksums of these files beside them. */
export async function writeSums(folder: string, names: readonly string[]): Promise<void> {
  let text = "";
  for (const name of names) text += `${await sha256Of(join(folder, name))}  ${name}\n`;
  await writeFileWhole(join(folder, SUMS), text);
}

/** What `read` gives; undefined when the file is missing. */
async function ifThere<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What is wrong with the first of these files that is not as it was written; undefined when all are. */
export async function damageIn(folder: string, names: readonly string[]): Promise<string | undefined> {
  const sums = await ifThere(readText(join(folder, SUMS)));
  if (sums === undefined) return `"${join(folder, SUMS)}" is missing`;
  const lines = new Set(sums.split("\n"));
  for (const name of names) {
    const path = join(folder, name);
    const sum = await ifThere(sha256Of(path));
    if (sum === undefined) return `"${path}" is missing`;
    if (!lines.has(`${sum}  ${name}`)) return `"${path}" does not match its checksum`;
  }
}
