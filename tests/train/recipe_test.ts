import { assertEquals, assertThrows } from "@std/assert";
import { choice } from "../../src/base/choice.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import { resnetNames } from "../../src/store/rename.ts";
import { hub, printable, type Recipe, recipe } from "../../src/train/recipe.ts";
import quickstart from "../../recipes/quickstart.ts";

Deno.test("a recipe whose numbers make sense is given back as it is", () => {
  assertEquals(recipe(quickstart), quickstart);
  assertEquals(recipe({ ...quickstart, labelSmoothing: 0 }).labelSmoothing, 0);
});

const wrong: readonly (readonly [change: Partial<Recipe>, expected: string])[] = [
  [{ labels: 0 }, "expected labels to be a whole number of at least 1, found 0"],
  [{ batchSize: 2.5 }, "expected batchSize to be a whole number of at least 1, found 2.5"],
  [{ epochs: -1 }, "expected epochs to be a whole number of at least 1, found -1"],
  [{ labelSmoothing: 1 }, "expected labelSmoothing in [0, 1), found 1"],
  [{ labelSmoothing: -0.1 }, "expected labelSmoothing in [0, 1), found -0.1"],
  [{ labelSmoothing: NaN }, "expected labelSmoothing in [0, 1), found NaN"],
  [
    { validationLoss: "median" } as unknown as Partial<Recipe>,
    'expected validationLoss to be "mean of rows" or "mean of batches", found "median"',
  ],
];

for (const [change, expected] of wrong) {
  Deno.test(`a recipe is refused: ${expected}`, () => {
    const error = assertThrows(() => recipe({ ...quickstart, ...change }), OnesheetError);
    assertEquals(error.message, `Cannot use recipe "quickstart": ${expected}`);
    assertEquals(error.exitCode, 2);
  });
}

Deno.test("pretrained weights are a repository and where its arrays go", () => {
  assertEquals(hub("timm/resnet50.tv2_in1k", { under: "image_backbone", rename: resnetNames }), {
    repo: "timm/resnet50.tv2_in1k",
    under: "image_backbone",
    rename: resnetNames,
  });
});

Deno.test("printed, choices are their names and settings, at any depth, and functions are left out", () => {
  const inner = choice("flip", { p: 0.5 }, () => () => 1);
  const outer = choice("data", { augment: [inner], sides: [1, 2], of: { deep: inner } }, () => () => 2);
  const printed = printable({
    data: outer,
    model: () => 3,
    seed: 42,
    none: null,
    weights: [hub("a/b", { under: "c" })],
  });
  assertEquals(printed, {
    data: {
      name: "data",
      augment: [{ name: "flip", p: 0.5 }],
      sides: [1, 2],
      of: { deep: { name: "flip", p: 0.5 } },
    },
    seed: 42,
    none: null,
    weights: [{ repo: "a/b", under: "c" }],
  });
});

Deno.test("a printed recipe is plain JSON", () => {
  const printed = printable(quickstart);
  assertEquals(JSON.parse(JSON.stringify(printed)), printed);
});

Deno.test("what a recipe leaves out has its usual value, behind what it says", () => {
  const { name, data, labels, model, epochs, learningRate } = quickstart;
  const short = recipe({ name, data, labels, model, epochs, learningRate });
  assertEquals(Object.keys(short).slice(0, 6), ["name", "data", "labels", "model", "epochs", "learningRate"]);
  const { batchSize, seed, weights, freeze, labelSmoothing, loss, optimizer, stop } = short;
  assertEquals([batchSize, seed, weights, freeze, labelSmoothing], [16, 42, [], [], 0]);
  assertEquals([loss.name, optimizer.name, stop.name], ["binaryCrossEntropy", "adamw", "never"]);
});
