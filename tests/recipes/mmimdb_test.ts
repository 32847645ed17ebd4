/** The published system: names, numbers and settings, against the PyTorch twin and the notebook. */
import { assertEquals } from "@std/assert";
import { stateNames, summarize } from "../../src/dsl/summary.ts";
import { plan } from "../../src/train/start.ts";
import { printable } from "../../src/train/recipe.ts";
import { macroF1, rates } from "../train/notebook.ts";
import mmimdb, { partlyFrozen, published } from "../../recipes/mmimdb.ts";

const { model, trainable } = plan(mmimdb);
const summary = summarize(model, trainable);

/** Every name of the twin's state_dict with its shape and what happens to it. */
type Row = [name: string, shape: number[], kind: "trainable" | "frozen" | "buffer"];
const twin: Row[] = JSON.parse(
  Deno.readTextFileSync(new URL("../golden/mini/names.json", import.meta.url)),
);

Deno.test("the model has as many parameters as published, and as many learn", () => {
  assertEquals(summary.parameters, { total: 173_575_512, trainable: 94_153_496 });
  const swiglu = (from: number, hidden: number, to: number) => 2 * (from + 1) * hidden + (hidden + 1) * to;
  const counts = Object.fromEntries(summary.modules.map(({ name, parameters }) => [name, parameters]));
  assertEquals(counts, {
    image_backbone: 23_508_032,
    text_backbone: 109_482_240,
    image_projection: swiglu(2048, 5461, 512),
    text_projection: swiglu(768, 2048, 512),
    self_attention: 4 * 1024 * (1024 + 1),
    norm_after_attn: 2 * 1024,
    classifier_ffn: swiglu(1024, 2730, 512),
    classifier_output_layer: 2 * 1024 + (512 + 1) * 26,
  });
});

Deno.test("the state_dict has 551 names of 545 arrays: the twin's, in its shapes", () => {
  const shapes = new Map(model.params.map(({ name, shape }) => [name, shape]));
  const ours = stateNames(model).map(([name, home]) => [name, shapes.get(home)!] as const);
  assertEquals([ours.length, model.params.length], [551, 545]);
  assertEquals(ours.toSorted(([a], [b]) => a < b ? -1 : 1), twin.map(([name, shape]) => [name, shape]));
});

Deno.test("what learns and what is a buffer is the same as in the twin", () => {
  const kinds = new Map(model.params.map(({ name, kind }) => [name, kind]));
  const ours = stateNames(model).map(([name, home]) => {
    if (kinds.get(home) === "buffer") return [name, "buffer"];
    return [name, trainable.has(home) ? "trainable" : "frozen"];
  });
  assertEquals(ours.toSorted(([a], [b]) => a < b ? -1 : 1), twin.map(([name, , kind]) => [name, kind]));
});

Deno.test("the settings are the notebook's", () => {
  assertEquals(printable(mmimdb), {
    name: "mmimdb",
    data: {
      name: "mmimdb",
      repo: "sxj1215/mmimdb",
      validation: 0.15,
      seed: 42,
      tokens: 128,
      pixels: 224,
      vocabulary: "google-bert/bert-base-uncased",
      oversampling: 1.25,
      augment: [
        { name: "randomResizedCrop", size: 224, scale: [0.7, 1], ratio: [3 / 4, 4 / 3] },
        { name: "randomHorizontalFlip", p: 0.5 },
        { name: "colorJitter", brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.15 },
        { name: "randomRotation", degrees: 20 },
        { name: "randomAffine", degrees: 0, translate: [0.1, 0.1], scale: [0.9, 1.1], shear: 10 },
      ],
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
    labels: 26,
    weights: [
      { repo: "timm/resnet50.tv2_in1k", under: "image_backbone" },
      { repo: "google-bert/bert-base-uncased", under: "text_backbone" },
    ],
    freeze: partlyFrozen(published),
    batchSize: 16,
    epochs: 20,
    seed: 42,
    loss: { name: "focal", alpha: 0.25, gamma: 2 },
    labelSmoothing: 0.1,
    validationLoss: "mean of batches",
    optimizer: { name: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-5 },
    learningRate: {
      ...{ name: "warmupThenPlateau", rate: 1e-4, from: 0.01, epochs: 3 },
      ...{ factor: 0.2, patience: 2, threshold: 1e-4 },
    },
    stop: { name: "earlyStopping", on: "macroF1", patience: 5, minDelta: 1e-3, inclusive: true },
  });
});

Deno.test("with the notebook's scores the run has its rates and its best epoch, 17, and does not stop", () => {
  const schedule = mmimdb.learningRate.made, stopping = mmimdb.stop.made;
  let state = schedule.start(), stop = stopping.start(), best = -1;
  const used = macroF1.map((score, epoch) => {
    const rate = schedule.rate(epoch, state, { step: 0, steps: 1 });
    state = schedule.next(state, epoch, score);
    const verdict = stopping.next(stop, { macroF1: score, microF1: 0, weightedF1: 0, samplesF1: 0 });
    assertEquals(verdict.stop, false);
    stop = verdict.state;
    if (verdict.improved) best = epoch + 1;
    return rate.toExponential(2);
  });
  assertEquals([used, best], [[...rates], 17]);
});

Deno.test("hidden widths are floor(8/3 in)", () => {
  const hidden = (module: string) =>
    model.params.find(({ name }) => name === `${module}.w1_gate.weight`)!.shape;
  assertEquals(hidden("image_projection"), [5461, 2048]);
  assertEquals(hidden("text_projection"), [2048, 768]);
  assertEquals(hidden("classifier_ffn"), [2730, 1024]);
});
