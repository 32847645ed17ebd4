/** A run's recipe is the file's code with the settings that the run had. */
import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../src/base/json.ts";
import { choice } from "../../src/base/choice.ts";
import { restored } from "../../src/cli/restored.ts";
import { withSettings } from "../../src/cli/recipes.ts";
import { printable, type Recipe } from "../../src/train/recipe.ts";
import {
  adam,
  asymmetric,
  colorJitter,
  constant,
  csvFolder,
  earlyStopping,
  focal,
  graph,
  hub,
  mmimdb,
  randomHorizontalFlip,
  randomRotation,
} from "../../mod.ts";
import { tiny } from "../train/tiny.ts";

const films = (changes: Partial<Parameters<typeof csvFolder>[0]> = {}) =>
  csvFolder({ file: "films.csv", pixels: 8, tokens: 8, ...changes });

const jsonOf = (recipe: Recipe): JsonObject => JSON.parse(JSON.stringify(printable(recipe)));

const of = (now: Recipe, was: Recipe, settings: readonly string[] = [], sameVersion = true) =>
  restored(now, { recipe: jsonOf(was), settings, sameVersion });

const trained = (changes: Partial<Recipe> = {}) => tiny({ data: films(), ...changes });

/** How a file was edited after training, and what is said of it. */
const edits: Readonly<Record<string, readonly [now: Partial<Recipe>, was: Partial<Recipe>, said: string]>> = {
  "constants of the images": [
    { data: films({ std: [0.02, 0.02, 0.02] }) },
    {},
    "data.std was [0.229,0.224,0.225], is now [0.02,0.02,0.02]",
  ],
  "a number": [{ batchSize: 9 }, {}, "batchSize was 4, is now 9"],
  "a setting of a choice": [
    { loss: focal({ alpha: 0.5, gamma: 1 }) },
    { loss: focal({ alpha: 0.5, gamma: 2 }) },
    "loss.gamma was 2, is now 1",
  ],
  "another choice": [{ loss: asymmetric() }, {}, "loss was binaryCrossEntropy, is now asymmetric"],
  "another optimizer and schedule": [
    { optimizer: adam(), learningRate: constant({ rate: 1 }) },
    {},
    "optimizer was adamw, is now adam; optimizer.weightDecay was 0.01, is now 0; learningRate was warmupThenPlateau, " +
    "is now constant; learningRate.rate was 0.03, is now 1",
  ],
  "more augmentation": [
    { data: films({ augment: [randomHorizontalFlip(), randomRotation({ degrees: 20 })] }) },
    { data: films({ augment: [randomHorizontalFlip()] }) },
    'data.augment was ["randomHorizontalFlip"], is now ["randomHorizontalFlip","randomRotation"]',
  ],
  "augmentation that is gone": [
    { data: films() },
    { data: films({ augment: [colorJitter({ hue: 0.1 }), randomRotation({ degrees: 20 })] }) },
    'data.augment was ["colorJitter","randomRotation"], is now []',
  ],
  "a setting that came": [
    { clipNorm: 1, data: films({ resize: 256, pixels: 224 }) },
    { data: films({ pixels: 224 }) },
    "data.resize was not set, is now 256; clipNorm was not set, is now 1",
  ],
  "a setting that went": [{}, { average: { decay: 0.9 } }, 'average was {"decay":0.9}, is now not set'],
  "a list of plain data": [
    { freeze: [] },
    { freeze: [{ freeze: "conv" }] },
    'freeze was [{"freeze":"conv"}], is now []',
  ],
  "stopping": [
    { stop: earlyStopping({ on: "microF1", patience: 5, minDelta: 1e-3 }) },
    {},
    "stop.on was macroF1, is now microF1",
  ],
  "the name": [{ name: "other" }, {}, "name was tiny, is now other"],
};

for (const [what, [now, was, said]] of Object.entries(edits)) {
  Deno.test(`the settings of a run rule where the file was edited: ${what}`, () => {
    const { recipe, changed, lost } = of(trained(now), trained(was));
    assertEquals(jsonOf(recipe), jsonOf(trained(was)));
    assertEquals([changed, lost], [said, undefined]);
  });
}

Deno.test("a file that was not edited gives its own recipe, and nothing is said", () => {
  const recipe = trained({ weights: [hub("owner/net", { under: "conv", rename: (name) => name })] });
  assertEquals(of(recipe, recipe).changed, undefined);
  assertEquals(of(recipe, recipe).recipe.weights[0].rename?.("a"), "a");
});

Deno.test("what JSON cannot say stays as the file has it", () => {
  const { made } = constant({ rate: 1 });
  const endless = trained({ learningRate: choice("endless", { rate: 1, until: Infinity }, () => made) });
  assertEquals(of(endless, endless).recipe.learningRate.options, { rate: 1, until: Infinity });
});

Deno.test("what the command line had changed is no edit of the file", () => {
  const settings = [
    "batchSize=2",
    "loss.gamma=3",
    'data.augment=["colorJitter"]',
    "data.augment.colorJitter.hue=0.2",
  ];
  const file = trained({ loss: focal({ alpha: 0.5, gamma: 2 }) }), run = withSettings(file, settings);
  const { recipe, changed, lost } = of(file, run, settings);
  assertEquals([jsonOf(recipe), changed, lost], [jsonOf(run), undefined, undefined]);
});

Deno.test("where the data is goes by the file, unless the command line had said it", () => {
  const moved = trained({ data: films({ file: "/moved/films.csv" }) });
  const { recipe, changed } = of(moved, trained());
  assertEquals([recipe.data.options.file, changed], ["/moved/films.csv", undefined]);
  const given = of(trained(), moved, ["data.file=/moved/films.csv"]);
  assertEquals([given.recipe.data.options.file, given.changed], ["/moved/films.csv", undefined]);
  const inside = (file: string, pixels: number) =>
    tiny({ data: graph({ of: films({ file, pixels }), edges: `${file}.edges` }) });
  const nested = of(inside("/b/films.csv", 9), inside("/a/films.csv", 8));
  const { edges, of: source } = nested.recipe.data.options as { edges: string; of: ReturnType<typeof films> };
  assertEquals([edges, source.options.file, source.options.pixels], [
    "/b/films.csv.edges",
    "/b/films.csv",
    8,
  ]);
  assertEquals(nested.changed, "data.of.pixels was 8, is now 9");
});

Deno.test("what the file cannot give again is named", () => {
  const own = choice("mine", { by: 2 }, () => (x: unknown) => x) as unknown as ReturnType<typeof colorJitter>;
  const { lost } = of(trained(), trained({ data: films({ augment: [own] }) }));
  assertEquals(lost, 'data.augment was ["mine"], is now []');
  assertEquals(
    of(trained({ data: mmimdb({ pixels: 8, tokens: 8 }) }), trained()).lost?.slice(0, 34),
    "data was csvFolder, is now mmimdb;",
  );
});

Deno.test("what a run starts from is no reason to refuse it once it has weights", () => {
  const pretrained = (repo: string) =>
    trained({ weights: [hub(repo, { under: "conv", rename: (name) => name })] });
  assertEquals(of(trained(), pretrained("owner/net")).lost, undefined);
  assertEquals(of(pretrained("owner/other"), pretrained("owner/net")).recipe.weights[0].repo, "owner/net");
});

Deno.test("a setting that a run of another version could not record stays as it is", () => {
  const { recipe, changed } = of(trained({ clipNorm: 1 }), trained(), [], false);
  assertEquals([recipe.clipNorm, changed], [1, undefined]);
});
