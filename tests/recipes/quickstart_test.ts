/** The committed quickstart learns its films, and neither of its modalities alone is enough for that. */
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { type Genre, toldBy } from "../../src/data/drawn/genres.ts";
import { type EpochMetrics, readMetrics } from "../../src/train/run.ts";
import { inProject, type Place, quickstart, withPlace } from "../cli/command_line.ts";

Deno.test("the quickstart reaches a macro-F1 of 0.90, and 0.75 for every genre", async () => {
  await withPlace(async ({ done, folder }) => {
    const { stdout } = await done(["train", quickstart, "--engine", "portable", "--run", "run"]);
    const best = (await readMetrics(`${folder}/run`)).findLast((row) => row.best)!;
    assertGreater(best.macro_f1, 0.9);
    for (const { label, f1, support } of best.per_label) {
      assertGreater(f1, 0.75, label);
      assertGreater(support, 10, label);
    }
    assertEquals(stdout.includes(best.macro_f1.toFixed(4)), true);
  });
});

/** The quickstart on one modality after so many epochs. */
async function alone(
  { done, folder }: Place,
  modality: "image" | "text",
  epochs: number,
): Promise<EpochMetrics> {
  const recipe = JSON.stringify(quickstart);
  await Deno.writeTextFile(
    `${folder}/${modality}.ts`,
    `import { recipe } from ${JSON.stringify(inProject("mod.ts"))};
     import quickstart, { model } from ${recipe};
     export default recipe({ ...quickstart, model: model(["${modality}"]) });`,
  );
  const args = ["--engine", "portable", "--epochs", `${epochs}`, "--run", modality];
  await done(["train", `${modality}.ts`, ...args]);
  return (await readMetrics(`${folder}/${modality}`)).at(-1)!;
}

for (
  const [modality, own, other] of [["image", "picture", "words"], ["text", "words", "picture"]] as const
) {
  Deno.test(`from the ${modality} alone the genres told by ${own} are learnt, those told by ${other} are not`, async () => {
    await withPlace(async (place) => {
      const { macro_f1, per_label } = await alone(place, modality, 5);
      const lowerCased = new Map(
        Object.keys(toldBy).map((genre) => [genre.toLowerCase(), toldBy[genre as Genre]]),
      );
      const mean = (by: string) => {
        const scores = per_label.filter(({ label }) => lowerCased.get(label) === by).map(({ f1 }) => f1);
        assertEquals(scores.length, 3);
        return scores.reduce((a, b) => a + b) / 3;
      };
      assertGreater(mean(own), 0.7);
      assertLess(mean(other), 0.45); // telling every film to have a genre of a quarter of them gives 0.4
      assertLess(macro_f1, 0.75);
    });
  });
}
