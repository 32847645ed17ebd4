/**
 * Opens a data set whose parquet file is cut at, or has bits flipped in, random places, again and again, in a process of
 * its own; its arguments are a folder to work in and how many. Prints how far it is.
 */
import { join } from "node:path";
import { random } from "../../../src/base/random.ts";
import { parquetOf } from "../../data/parquet_files.ts";
import { done } from "../child.ts";
import { openAll, sentenceOf } from "./open.ts";
import { goodRows, setOf } from "./sets.ts";

/** What came of the mutations so far. */
export interface Mutated {
  readonly done: number;
  /** Opened with every row. */
  readonly whole: number;
  /** Opened without some rows. */
  readonly without: number;
  /** Refused in a sentence. */
  readonly refused: number;
  readonly lost: readonly string[];
}

const { integer, uniform } = random("mutated parquet");

/** A part of the file, or the file with one to eight bits flipped. */
function mutated(bytes: Uint8Array): Uint8Array {
  if (uniform() < 0.2) return bytes.slice(0, integer(bytes.length));
  const changed = bytes.slice();
  // Half of them where the footer is: it is small, and everything hangs on it.
  const from = uniform() < 0.5 ? 0 : bytes.length - 1500;
  for (let flips = 1 + integer(8); flips > 0; flips--) {
    changed[from + integer(bytes.length - from)] ^= 1 << integer(8);
  }
  return changed;
}

if (import.meta.main) {
  const [folder, count] = [Deno.args[0], Number(Deno.args[1])];
  const rows = 12, files = setOf(parquetOf(goodRows(rows), 5));
  const found = { done: 0, whole: 0, without: 0, refused: 0, lost: [] as string[] };
  const [data, cache] = ["data", "cache"].map((name) => join(folder, name));
  await Deno.mkdir(data);
  for (const [name, bytes] of Object.entries(files)) await Deno.writeFile(join(data, name), bytes);
  const [name] = Object.keys(files);
  while (found.done < count) {
    await Deno.writeFile(join(data, name), mutated(files[name]));
    try {
      const opened = await openAll(data, cache);
      if (opened.rows.length === rows) found.whole++;
      else found.without++;
    } catch (error) {
      try {
        sentenceOf(error);
        found.refused++;
      } catch (other) {
        found.lost.push(`mutation ${found.done + 1}: ${other}`);
      }
    }
    await Deno.remove(cache, { recursive: true }).catch(() => {});
    if (++found.done % Math.ceil(count / 20) === 0) console.log(JSON.stringify(found satisfies Mutated));
  }
  await done();
}
