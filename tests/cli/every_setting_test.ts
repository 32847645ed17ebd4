/** Every choice of the library with every setting that it documents, put in by `--set`. */
import { assertEquals, assertThrows } from "@std/assert";
import type { Choice } from "../../src/base/choice.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import { choices } from "../../src/cli/choices.ts";
import { withSettings } from "../../src/cli/recipes.ts";
import { csvFolder, drawnFilms, examples, graph, imagenet, mmimdb, type Recipe } from "../../mod.ts";
import { tiny } from "../train/tiny.ts";

/** Values of each setting, one of each type that it may have. */
type Values = Readonly<Record<string, readonly unknown[]>>;

const adam = { beta1: [0.8], beta2: [0.99], epsilon: [1e-6], weightDecay: [0.1] };
const range = [0.2, [0.8, 1.1]];

/** By the recipe's field and the name of the choice. */
const table: Readonly<Record<string, Readonly<Record<string, Values>>>> = {
  loss: {
    focal: { alpha: [0.5], gamma: [1] },
    binaryCrossEntropy: { positiveWeight: [[1, 2, 3]] },
    balancedCrossEntropy: { cap: [5] },
    asymmetric: { gammaPositive: [1], gammaNegative: [2], margin: [0.1] },
  },
  optimizer: { adamw: adam, adam },
  learningRate: {
    constant: { rate: [1e-3] },
    warmupThenPlateau: {
      rate: [1e-3],
      from: [0.1],
      epochs: [1],
      factor: [0.5],
      patience: [1],
      threshold: [1e-3],
    },
    linearDecay: { rate: [1e-3], warmup: [0.2] },
    cosineDecay: { rate: [1e-3], warmup: [0.2] },
  },
  stop: {
    earlyStopping: { on: ["microF1"], patience: [1], minDelta: [0], inclusive: [true] },
    never: { on: ["microF1"] },
  },
  augment: {
    randomResizedCrop: { size: [8], scale: [[0.5, 1]], ratio: [[1, 1]] },
    randomHorizontalFlip: { p: [0.1] },
    colorJitter: { brightness: range, contrast: range, saturation: range, hue: [0.1, [-0.2, 0.1]] },
    randomRotation: { degrees: [5, [0, 5]] },
    randomAffine: {
      degrees: [5, [0, 5]],
      translate: [[0.1, 0]],
      scale: [[0.9, 1]],
      shear: [5, [0, 5], [0, 5, -1, 1]],
    },
  },
};

/** As long as a person's own setting. */
const shown = (value: unknown): string => typeof value === "string" ? value : JSON.stringify(value);

const onFilms = (changes: Partial<Recipe> = {}): Recipe => tiny({ data: mmimdb(), ...changes });

for (const [field, named] of Object.entries(table)) {
  Deno.test(`--set puts in every ${field} of the library with every setting, alone and together`, () => {
    assertEquals(choices[field].map(({ name }) => name).sort(), Object.keys(named).sort());
    const isList = field === "augment", path = isList ? "data.augment" : field;
    const chosen = (recipe: Recipe) =>
      isList ? (recipe.data.options.augment as Choice<unknown>[])[0] : recipe[field as "loss"];
    for (const [name, settings] of Object.entries(named)) {
      const offered = choices[field].find((choice) => choice.name === name)!;
      const known = [...Object.keys(offered.options), ...Object.keys(offered.examples)];
      assertEquals([...new Set(known)].sort(), Object.keys(settings).sort(), name);
      const all = (at: number) =>
        Object.fromEntries(Object.entries(settings).map(([key, values]) => [key, values.at(at)]));
      for (const at of [0, -1]) {
        const object = JSON.stringify({ name, ...all(at) });
        const { options } = chosen(withSettings(onFilms(), [`${path}=${isList ? `[${object}]` : object}`]));
        assertEquals(options, all(at), name);
      }
      const bare = isList ? `${path}=["${name}"]` : `${path}=${name}`;
      const inside = isList ? `${path}.${name}` : path;
      for (const [key, values] of Object.entries(settings)) {
        for (const value of [...values, ...values.toReversed()]) {
          const { options } = chosen(withSettings(onFilms(), [bare, `${inside}.${key}=${shown(value)}`]));
          assertEquals(options[key], value, `${name}.${key}`);
        }
        if (key === "on") continue; // a text takes any
        const wrong = () => withSettings(onFilms(), [bare, `${inside}.${key}={"no":1}`]);
        assertThrows(wrong, OnesheetError, `Cannot set "${inside}.${key}": expected a`);
        const whole = () => chosen(withSettings(onFilms(), [bare])).with({ [key]: { no: 1 } });
        assertThrows(whole, OnesheetError, `Cannot set "${key}" of ${name}: expected a`);
      }
    }
  });
}

Deno.test("--set gives values to settings of the data that were left out, and of either of two types", () => {
  const drawn = { rows: 60, seed: 1, validation: 0.2, pixels: 16, tokens: 16, augment: [], ...imagenet };
  const sources: Recipe["data"][] = [
    mmimdb(),
    csvFolder({ file: "films.csv" }),
    examples([]),
    drawnFilms(drawn),
  ];
  for (const data of sources) {
    const set = (...settings: string[]) => withSettings(tiny({ data }), settings).data.options;
    assertEquals(set("data.resize=300").resize, 300);
    assertThrows(() => set("data.resize=large"), OnesheetError, "expected a number such as 256, found");
    if (data.name === "drawnFilms") continue;
    assertEquals(set("data.vocabulary=1000").vocabulary, 1000);
    assertEquals(set("data.vocabulary=1000", "data.vocabulary=./words").vocabulary, "./words");
  }
  const onGraph = withSettings(tiny({ data: graph({ of: mmimdb(), edges: "self" }) }), [
    "data.of.resize=300",
  ]);
  assertEquals((onGraph.data.options.of as Choice<unknown>).options.resize, 300);
});

Deno.test("--set gives values to the fields that a recipe leaves out, of their types alone", () => {
  const { labels: _, ...open } = onFilms();
  const values = {
    labels: 21,
    dropLast: false,
    accumulate: 2,
    clipNorm: 0.5,
    average: { decay: 0.9 },
    stages: [{ freeze: "conv", epochs: 1 }],
    groups: [{ of: "**.bias", weightDecay: 0 }],
  };
  for (const [field, value] of Object.entries(values)) {
    assertEquals(
      withSettings(open, [`${field}=${JSON.stringify(value)}`])[field as "labels"],
      value as never,
    );
    const wrong = () => withSettings(open, [`${field}="text"`]);
    assertThrows(wrong, OnesheetError, `Cannot set "${field}": expected a`);
  }
  assertEquals(withSettings(open, []), open);
});

Deno.test("a list of rules is refused by what an item lacks, and never by what the code does with it", () => {
  const refused: readonly (readonly [setting: string, sentence: string])[] = [
    ["groups=[1]", "groups: expected {…}, found 1"],
    [`groups=[{"off":"x"}]`, `groups: expected a text as "of", found nothing`],
    [`groups=[{"of":"**","weightDecay":0},{"of":3}]`, `groups: expected a text as "of", found 3`],
    [`stages=["x"]`, `stages: expected {…}, found "x"`],
    [`stages=[{"epochs":1}]`, `stages: expected a text as "freeze", found nothing`],
    [`freeze=[{"freez":"x"}]`, `freeze: expected a text as "freeze", found nothing`],
    [`freeze=[{"train":1}]`, `freeze: expected a text as "train", found 1`],
    ["freeze=[null]", "freeze: expected {…}, found null"],
    [`weights=[{"repo":"x"}]`, `weights: expected a text as "under", found nothing`],
  ];
  const recipe = onFilms({ freeze: [{ freeze: "conv" }], weights: [{ repo: "a/b", under: "conv" }] });
  for (const [setting, sentence] of refused) {
    const error = assertThrows(() => withSettings(recipe, [setting]), OnesheetError);
    assertEquals([error.message, error.exitCode], [`Cannot use recipe "tiny": ${sentence}`, 2]);
  }
});
