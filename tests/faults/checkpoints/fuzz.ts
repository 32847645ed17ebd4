/**
 * Reads mutated checkpoints, in a process that may do nothing but read them: arguments are a folder, the first seed and
 * how many. Prints a line of JSON after every thousand and at the end.
 */
import { messageOf } from "../../../src/base/errors.ts";
import { done } from "../child.ts";
import { bytesOf, mutated, mutatedFile, textOf } from "./mutations.ts";
import { readAll, readRecordFile, records } from "./reads.ts";

/** What came of the mutations so far. */
export interface Fuzzed {
  readonly done: number;
  /** Read to the end, mutated as they were. */
  readonly read: number;
  /** By the sentence's part that is the same for all. */
  readonly refused: Readonly<Record<string, number>>;
  readonly lost: readonly string[];
}

const checks =
  /UTF-8|UTF-16|expected text|expected a label|expected JSON|levels of JSON|twice|of the form|shape of|data_offsets of|bytes for|at byte|cut off|bytes of tensors|printable characters|a text for|fit in int32|safetensors header of at most|a safetensors file|expected \{…\}|expected \{dtype|expected [\w ]+ as|expected numbers in|expected a list/;

/** Sound JSON files, of which the mutations are made. */
const sound: Readonly<Record<keyof typeof records, string>> = {
  recipe: JSON.stringify({
    onesheet: "0.1.0",
    module: "/home/you/recipes/mmimdb.ts",
    settings: ["epochs=2", "batchSize=8"],
    limit: 100,
    weights: "hub",
    engine: "tensorflow",
    recipe: { name: "mmimdb", labels: 26, freeze: [{ freeze: "image_backbone" }] },
  }),
  labels: JSON.stringify(["Action", "Drama", "Sci-Fi"]),
  metrics: `${JSON.stringify({ epoch: 1, step: 4, lr: 1e-4, per_label: [{ label: "Drama", f1: 0.5 }] })}\n`
    .repeat(2),
  state: JSON.stringify({
    epoch: 1,
    batch: 0,
    step: 4,
    lossSum: 0,
    seconds: 0,
    bestStep: null,
    schedule: { best: 0.4, waited: 0 },
    stopping: { best: 0.4, waited: 0 },
    finished: false,
  }),
};

async function fuzz(folder: string, first: number, count: number): Promise<void> {
  const golden = new URL("../../golden/store/", import.meta.url);
  const files = await Promise.all(
    ["mixed", "reference"].map(async (name) =>
      textOf(await Deno.readFile(new URL(`${name}.safetensors`, golden)))
    ),
  );
  const kinds = Object.keys(records) as (keyof typeof records)[];
  const refused: Record<string, number> = {};
  const lost: string[] = [];
  let read = 0, tried = 0;
  const report = () => console.log(JSON.stringify({ done: tried, read, refused, lost } satisfies Fuzzed));
  const path = `${folder}/mutated.safetensors`;
  for (let seed = first; seed < first + count; seed++) {
    try {
      let refusals: string[];
      // Every fifth is one of the JSON files beside the weights.
      if (seed % 5 === 0) {
        const kind = kinds[seed / 5 % kinds.length];
        await Deno.writeFile(records[kind].path(folder), bytesOf(mutated(sound[kind], seed)));
        refusals = await readRecordFile(kind, folder);
      } else {
        await Deno.writeFile(path, mutatedFile(files[seed % files.length], seed));
        refusals = await readAll(path);
      }
      if (refusals.length === 0) read++;
      for (const check of new Set(refusals.map((refusal) => checks.exec(refusal)?.[0] ?? "another"))) {
        refused[check] = (refused[check] ?? 0) + 1;
      }
    } catch (error) {
      lost.push(`mutation ${seed}: ${messageOf(error)}`);
    }
    if (++tried % 1000 === 0) report();
  }
  if (({} as Record<string, unknown>).dtype !== undefined) lost.push("an object's prototype was changed");
  report();
}

if (import.meta.main) {
  await fuzz(Deno.args[0], Number(Deno.args[1]), Number(Deno.args[2]));
  await done();
}
