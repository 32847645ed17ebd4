/** Comparison with a reference's golden numbers: evaluation, one gradient, and a few steps without dropout. */
import { float32, type Value, type Values } from "../base/value.ts";
import { OnesheetError } from "../base/errors.ts";
import { readText } from "../base/text.ts";
import { toFile } from "../store/layout.ts";
import { loadInto } from "../store/load.ts";
import { openSafetensors } from "../store/safetensors.ts";
import type { Engine } from "../tensor.ts";
import type { Recipe } from "./recipe.ts";
import { clearMoments, plan } from "./start.ts";
import { evaluationStep, gradientStep, partsOf, trainStep } from "./step.ts";
import { startAverages } from "./trainer.ts";
import { rememberedBy } from "./update.ts";

/** What the reference wrote down. */
export interface Golden {
  readonly eval_logits: readonly (readonly number[])[];
  readonly train_logits: readonly (readonly number[])[];
  /** By parameter. */
  readonly gradient_norms: Readonly<Record<string, number>>;
  readonly losses: readonly number[];
}

/** The largest differences that pass. */
export interface Limits {
  readonly evaluation: number;
  readonly training: number;
  /** Of a gradient's norm, relative to the reference's. */
  readonly gradient: number;
  readonly loss: number;
  /**
   * Of a weight or buffer after the steps, relative to how far the steps moved it. Adam makes a whole step of a gradient
   * that is all rounding, so in a large model with small gradients float32 alone is off by much: by 14 % at full size in
   * PyTorch, compared with PyTorch in float64.
   */
  readonly way: number;
}

/** One thing compared. */
export interface Check {
  readonly what: string;
  readonly difference: number;
  readonly limit: number;
  /** Where the difference is. */
  readonly at?: string;
}

/** A gradient norm below this is zero up to rounding: its direction is noise, and Adam makes whole steps of noise. */
const ZERO_GRADIENT = 1e-6;

/** Smaller norms than this are compared relative to this. */
const SMALL_GRADIENT = 1e-3;

const norm = ({ data }: Value): number =>
  Math.sqrt((data as Float32Array).reduce((sum, x) => sum + x * x, 0));

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
};

/** Length of found - expected over the length of expected - before: what is off, as a share of the way the steps went. */
function offTheWay(found: Value, expected: Value, before: Value): number {
  let off = 0, way = 0;
  for (let i = 0; i < expected.data.length; i++) {
    off += (found.data[i] - expected.data[i]) ** 2;
    way += (expected.data[i] - before.data[i]) ** 2;
  }
  return off === 0 ? 0 : Math.sqrt(off / way);
}

const worst = (
  what: string,
  limit: number,
  found: readonly (readonly [at: string, difference: number])[],
): Check => {
  const [at, difference] = found.reduce(
    (a, b) => b[1] > a[1] || Number.isNaN(b[1]) ? b : a,
    ["", 0] as const,
  );
  return { what, difference, limit, ...(at !== "" && { at }) };
};

/** `[batch, channels, height, width]` as `[batch, height, width, channels]`. */
function channelsLast({ shape: [batch, channels, height, width], data }: Value): Value {
  const out = new Float32Array(data.length);
  const pixels = height * width;
  for (let b = 0; b < batch; b++) {
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < pixels; p++) {
        out[(b * pixels + p) * channels + c] = data[(b * channels + c) * pixels + p];
      }
    }
  }
  return float32([batch, height, width, channels], out);
}

/** What transformers calls a model's inputs, and what they are called here. */
const ourNames: Readonly<Record<string, string>> = { input_ids: "ids", attention_mask: "mask" };

/** The batch of a golden folder as the model takes it, with its `labels`. */
export async function readBatch(folder: string): Promise<Values> {
  using file = await openSafetensors(`${folder}/batch.safetensors`);
  const values: [string, Value][] = [];
  for (const name of file.entries.keys()) {
    const value = await file.read(name);
    values.push([ourNames[name] ?? name, name === "image" ? channelsLast(value) : value]);
  }
  return Object.fromEntries(values);
}

/** Golden numbers of a folder, as `golden.json` has them. */
export async function readGolden(
  folder: string,
): Promise<Golden & { readonly size: string; readonly seed: number }> {
  try {
    return JSON.parse(await readText(`${folder}/golden.json`));
  } catch (cause) {
    throw new OnesheetError(
      `Cannot read "${folder}/golden.json": expected the golden numbers that the reference wrote`,
      { cause, exitCode: cause instanceof Deno.errors.NotFound ? 2 : 1 },
    );
  }
}

/**
 * Runs the recipe's model on a golden folder (`weights`, `batch` and `after` as safetensors, `golden.json`) and
 * compares evaluation logits, training logits, gradient norms, losses, and weights and buffers after the last step.
 */
export async function parity(
  engine: Engine,
  recipe: Omit<Recipe, "name" | "weights" | "batchSize" | "epochs" | "seed" | "learningRate" | "stop">,
  folder: string,
  limits: Limits,
): Promise<Check[]> {
  const golden = await readGolden(folder);
  const batch = await readBatch(folder);
  const planned = plan(recipe);
  const { model } = planned;
  const parts = partsOf(recipe, planned), { optimizer } = parts;
  const rate = 1e-4;

  using memory = engine.memory();
  using weights = await openSafetensors(`${folder}/weights.safetensors`);
  await loadInto(memory, model, weights, { strict: true });
  await clearMoments(memory, planned, { moments: rememberedBy(recipe) });
  await startAverages({ memory, plan: planned }, recipe);

  const evaluated = await memory.compile(evaluationStep(parts)).run(batch);
  const { logits, loss: _, ...gradients } = await memory.compile(gradientStep(parts)).run(batch);
  const checks = [
    worst("evaluation logits", limits.evaluation, [[
      "",
      largest(evaluated.logits.data, golden.eval_logits.flat()),
    ]]),
    worst("training logits", limits.training, [["", largest(logits.data, golden.train_logits.flat())]]),
    worst(
      "gradient norms (relative)",
      limits.gradient,
      Object.entries(golden.gradient_norms).map(([name, expected]) => {
        const difference = Math.abs((gradients[name] ? norm(gradients[name]) : NaN) - expected);
        return [name, difference / Math.max(expected, SMALL_GRADIENT)];
      }),
    ),
  ];

  const train = memory.compile(trainStep(parts));
  const losses: number[] = [];
  for (const t of golden.losses.keys()) {
    const scalars = Object.entries(optimizer.scalars(rate, t + 1)).map((
      [name, x],
    ) => [name, float32([], [x])]);
    const { loss } = await train.run({ ...batch, ...Object.fromEntries(scalars) });
    losses.push(loss.data[0]);
  }
  checks.push(
    worst(
      "losses",
      limits.loss,
      losses.map((loss, t) => [`step ${t + 1}`, Math.abs(loss - golden.losses[t])]),
    ),
  );

  using after = await openSafetensors(`${folder}/after.safetensors`);
  const moved: (readonly [string, number])[] = [], noisy: (readonly [string, number])[] = [];
  for (const param of model.params) {
    const ours = toFile(await memory.get(param.name), param);
    const theirs = await after.read(param.name);
    if ((golden.gradient_norms[param.name] ?? Infinity) < ZERO_GRADIENT) {
      noisy.push([param.name, largest(ours.data, theirs.data)]);
    } else moved.push([param.name, offTheWay(ours, theirs, await weights.read(param.name))]);
  }
  const reach = 2 * rate * golden.losses.length;
  checks.push(worst("weights and buffers after the steps (relative)", limits.way, moved));
  checks.push(worst("weights whose gradient is zero", reach, noisy));
  return checks;
}

/** Whether everything compared lies within its limit. */
export const passes = (checks: readonly Check[]): boolean =>
  checks.every(({ difference, limit }) => difference <= limit);
