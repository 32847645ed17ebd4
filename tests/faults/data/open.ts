/**
 * Opens a data set and makes every batch of it, in a process of its own; its arguments are the folder and a cache folder.
 * Prints what came of it as JSON.
 */
import { mmimdb, OnesheetError, type Skipped } from "../../../mod.ts";
import { placesIn } from "../../data/parquet_files.ts";
import { done } from "../child.ts";

/** What came of opening a data set. */
export interface Opened {
  /** Row numbers on either side, sorted. */
  readonly rows: readonly number[];
  /** Rows that were left out. */
  readonly skipped: readonly Skipped[];
}

const BATCH = 8;

/** Opens a data set and makes every batch of it. */
export async function openAll(data: string, cache: string): Promise<Opened> {
  const source = mmimdb({ pixels: 16, tokens: 16, validation: 0.25 }).made;
  await using set = await source.open({ data }, placesIn(cache));
  for (const side of [set.train, set.validation]) {
    for (let first = 0; first < side.size; first += BATCH) {
      const count = Math.min(BATCH, side.size - first);
      await side.batch(Int32Array.from({ length: count }, (_, i) => first + i));
    }
  }
  const rows = [...set.train.ids, ...set.validation.ids].sort((a, b) => a - b);
  return { rows, skipped: set.skipped ?? [] };
}

/** The sentence of a refusal; anything else that is thrown is thrown on. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof OnesheetError)) throw error;
  if (/\p{Cc}/u.test(error.message)) {
    throw new Error(`control characters in ${JSON.stringify(error.message)}`);
  }
  return error.message;
}

if (import.meta.main) {
  const [data, cache] = Deno.args;
  const found = await openAll(data, cache).catch((error) => ({ refusal: sentenceOf(error) }));
  console.log(JSON.stringify(found));
  await done();
}
