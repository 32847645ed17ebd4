/** Every recipe trains on data of another number of labels than its paper's: the head is as wide as the data says. */
import { assertEquals } from "@std/assert";
import { graph, SELF } from "../../src/data/graph.ts";
import { mmimdb } from "../../src/data/mmimdb.ts";
import { portable } from "../../src/engine/portable.ts";
import { readMetrics } from "../../src/train/run.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { hubRow, parquetOf, png, withDataset } from "../data/parquet_files.ts";
import { run } from "../train/runs.ts";
import { withRun } from "../train/tiny.ts";
import { smallRecipes } from "./small_recipes.ts";
import { small } from "./twins.ts";

const ROWS = 48;
const engine = await portable();

const words = new TextEncoder().encode("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfilm\nends\n.\n");

/** A parquet file whose rows have two labels each, of so many. */
const films = (numLabels: number): Uint8Array =>
  parquetOf(Array.from({ length: ROWS }, (_, row) => {
    const labels = [row, row + 1].map((i) => `Label ${i % numLabels}`);
    return hubRow(`Film ${row} ends.`, labels.join(", "), png(6, 9, [5 * row, 250 - 5 * row, 99]));
  }));

for (const [name, recipe] of Object.entries<Recipe>(smallRecipes)) {
  Deno.test(`${name} trains on data of 3 labels and on data of 21`, async () => {
    for (const numLabels of [3, 21]) {
      await withDataset(
        { "data/train-0.parquet": films(numLabels), "vocab.txt": words },
        async (data, places) => {
          const settings = { pixels: small.pixels, tokens: small.tokens };
          const { made, ...choice } = mmimdb(settings);
          const rows = { ...choice, made: { ...made, open: () => made.open({ data }, places) } };
          const { labels: _, ...open } = recipe;
          const changed = {
            ...open,
            data: recipe.data.name === "graph" ? graph({ of: rows, edges: SELF }) : rows,
            weights: [],
            batchSize: 8,
            accumulate: 1,
          };
          await withRun(async (folder) => {
            await run(changed, { engine, folder, maxSteps: 1 });
            const [epoch] = await readMetrics(folder);
            assertEquals([epoch.step, epoch.per_label.length], [1, numLabels]);
          });
        },
      );
    }
  });
}

Deno.test("every recipe on MM-IMDb has a small form", () => {
  const files = Array.from(Deno.readDirSync(new URL("../../recipes/", import.meta.url)), ({ name }) => name);
  const recipes = files.filter((name) => !/^(comparison|quickstart)/.test(name));
  assertEquals(recipes.sort(), Object.keys(smallRecipes).map((name) => `${name}.ts`));
});
