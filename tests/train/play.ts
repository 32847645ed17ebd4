/** The training loop with steps and evaluations whose numbers a test writes. */
import { float32 } from "../../src/base/value.ts";
import { portable } from "../../src/engine/portable.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { loadCheckpoint, type RunState } from "../../src/train/checkpoint.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { type LoopOptions, train } from "../../src/train/loop.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { randomize } from "../../src/train/start.ts";
import { type Evaluation, prepareTraining, type Trainer, trainer } from "../../src/train/trainer.ts";
import { dataset } from "./tiny.ts";

const engine = await portable();

/** What an evaluation finds when its macro-F1 is this; the other scores differ from it. */
export const found = (macroF1: number, loss = 1 - macroF1): Evaluation => ({
  loss,
  scores: { macroF1, microF1: macroF1 / 2, weightedF1: macroF1 / 4, samplesF1: macroF1 / 8, perLabel: [] },
  logits: new Float32Array(21),
  truth: new Float32Array(21),
});

/** What the loop is to meet. */
export interface Script {
  /** Loss of each step; the step's own number otherwise. */
  readonly losses?: Readonly<Record<number, number>>;
  /** Macro-F1 of each evaluation in turn, or all of what it finds. */
  readonly scores: readonly (number | Evaluation)[];
  /** Called while an evaluation is under way. */
  readonly evaluating?: () => void;
}

/** A trainer that plays the script; the bias of its head holds the number of the last step. */
async function played(recipe: Recipe, script: Script): Promise<{ trainer: Trainer; steps: number[][] }> {
  const bound = trainer(recipe, engine);
  await randomize(bound.memory, bound.plan.model, recipe.seed);
  await prepareTraining(bound, recipe);
  const steps: number[][] = [];
  let evaluations = 0;
  return {
    steps,
    trainer: {
      ...bound,
      step: async (_, rate, step) => {
        steps.push([step, rate]);
        await bound.memory.put("head.bias", float32([3], [step, 0, 0]));
        return script.losses?.[step] ?? step;
      },
      evaluate: (_rows, _labels, onBatch) => {
        script.evaluating?.();
        onBatch?.(1, () => {
          throw new Error("unused");
        });
        const score = script.scores[evaluations++];
        return Promise.resolve(typeof score === "number" ? found(score) : score);
      },
    },
  };
}

/** The step whose weights are in a file. */
export async function stepIn(path: string): Promise<number> {
  using file = await openSafetensors(path);
  return (await file.read("head.bias")).data[0];
}

/** What happened. */
export interface Played {
  readonly events: readonly TrainEvent[];
  readonly steps: readonly number[][];
  readonly state: RunState;
}

/** Plays a script to its end in a folder; gives what happened and where the last checkpoint is. */
export async function play(
  recipe: Recipe,
  script: Script,
  options: LoopOptions,
  data = dataset(),
  onEvent: (event: TrainEvent) => unknown = () => {},
): Promise<Played> {
  await Deno.mkdir(options.folder, { recursive: true });
  const { trainer: bound, steps } = await played(recipe, script);
  try {
    const events: TrainEvent[] = [];
    for await (const event of train(recipe, bound, data, options)) {
      events.push(event);
      await onEvent(event);
    }
    const { model, trainable } = bound.plan;
    const what = {
      folder: options.folder,
      model,
      trainable,
      memory: bound.memory,
      moments: ["mean", "square"],
    };
    return { events, steps, state: (await loadCheckpoint(what))! };
  } finally {
    bound[Symbol.dispose]();
  }
}

/** Why a run ended. */
export const endOf = ({ events }: Played) => {
  const last = events.at(-1)!;
  return last.kind === "end" ? last.reason : last.kind;
};
