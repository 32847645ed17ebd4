/** Checksums of a folder's files, as `sha256sum` writes them: `sha256sum --check SHA256SUMS` finds the same. */
import { join } from "node:path";
import { sha256Of } from "./digest.ts";
import { writeFileWhole } from "./files.ts";
import { NotRegular, readRegular } from "./regular_file.ts";

const SUMS = "SHA256SUMS";

/** Longest file of sums that is read, in bytes. */
const LONGEST = 2 ** 20;

/** Sums by file name. A file that is being replaced has two: of what it was, and of what it will be. */
type Sums = ReadonlyMap<string, ReadonlySet<string>>;

async function writeAllSums(folder: string, sums: Sums): Promise<void> {
  const lines = Array.from(sums, ([name, values]) => [...values].map((sum) => `${sum}  ${name}\n`).join(""));
  await writeFileWhole(join(folder, SUMS), lines.join(""));
}

/** Writes the checksums of these files beside them. */
export async function writeSums(folder: string, names: readonly string[]): Promise<void> {
  const sums = new Map<string, ReadonlySet<string>>();
  for (const name of names) sums.set(name, new Set([await sha256Of(join(folder, name))]));
  await writeAllSums(folder, sums);
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

/** The sums of a folder; undefined where it has none. */
async function readSums(folder: string): Promise<Sums | undefined> {
  const bytes = await ifThere(readRegular(join(folder, SUMS), LONGEST));
  if (bytes === undefined) return undefined;
  const lines = new TextDecoder().decode(bytes).split("\n").map((line) =>
    [line.slice(66), line.slice(0, 64)] as const
  );
  const named = Map.groupBy(lines.filter(([name]) => name !== ""), ([name]) => name);
  return new Map(Array.from(named, ([name, of]) => [name, new Set(of.map(([, sum]) => sum))]));
}

/**
 * Replaces a file of a folder with sums by another one and its sum, so that whatever ends the process in between, the
 * file that is there matches a sum.
 *
 * @param replace puts the file that has this sum in its place
 */
export async function replaceSummed(
  folder: string,
  name: string,
  sum: string,
  replace: () => Promise<void>,
): Promise<void> {
  const before = await readSums(folder) ?? new Map<string, ReadonlySet<string>>();
  await writeAllSums(folder, new Map([...before, [name, new Set([...before.get(name) ?? [], sum])]]));
  await replace();
  await writeAllSums(folder, new Map([...before, [name, new Set([sum])]]));
}

/** The sum that was written of a file. */
export async function sumIn(folder: string, name: string): Promise<string> {
  const [sum] = (await readSums(folder))?.get(name) ?? [];
  return sum ?? await sha256Of(join(folder, name));
}

/** What is wrong with the first of these files, or of all that have a sum; undefined when none is. */
async function damage(folder: string, names?: readonly string[]): Promise<string | undefined> {
  let path = join(folder, SUMS);
  try {
    const sums = await readSums(folder);
    if (sums === undefined) return names && `"${path}" is missing`;
    for (const name of names ?? sums.keys()) {
      path = join(folder, name);
      const sum = await ifThere(sha256Of(path));
      if (sum === undefined) return `"${path}" is missing`;
      if (!sums.get(name)?.has(sum)) return `"${path}" does not match its checksum`;
    }
  } catch (error) {
    if (error instanceof NotRegular) return `"${path}" cannot be read: ${error.message}`;
    throw error;
  }
}

/** What is wrong with the first of these files that is not as it was written; undefined when all are. */
export const damageIn = (folder: string, names: readonly string[]): Promise<string | undefined> =>
  damage(folder, names);

/** The same of all files that the folder has a sum of; without sums there is nothing to compare with. */
export const damageOf = (folder: string): Promise<string | undefined> => damage(folder);
