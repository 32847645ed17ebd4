/** A repository with one large file, for tests of what can go wrong with it. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { random } from "../../src/base/random.ts";
import { fetchFile } from "../../src/data/hub.ts";
import type { Places } from "../../src/data/places.ts";
import { commit, type Repository, repository } from "./hub_server.ts";

export const NAME = "timm/resnet50.tv2_in1k", FILE = "model.safetensors";

const stream = random("weights");
/** What is in the large file. */
export const weights: Uint8Array = Uint8Array.from({ length: 3_000_000 }, () => stream.integer(256));
/** As long, with ten other bytes. */
export const other: Uint8Array = weights.slice().fill(7, 1000, 1010);
/** The repository. */
export const model: Repository = repository("model", NAME, {
  [FILE]: weights,
  "config.json": weights.slice(0, 700),
});

/** Fetches a file of the repository, the large one unless told. */
export const fetched = (places: Places, name = FILE): Promise<string> =>
  fetchFile(NAME, name, undefined, places);

/** Where its files are kept. */
export const snapshot = (places: Places): string =>
  join(places.cache, "hub", "models--timm--resnet50.tv2_in1k", "snapshots", commit(1));

/** Names of what is kept of it. */
export function kept(places: Places): string[] {
  try {
    return [...Deno.readDirSync(snapshot(places))].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

/** The large file is at this path, byte for byte. */
export async function assertWhole(path: string): Promise<void> {
  assertEquals(await Deno.readFile(path), weights);
}
