/** A recipe: data that a person reads from top to bottom, and a model function. */
import type { Choice } from "../base/choice.ts";
import { OnesheetError } from "../base/errors.ts";
import type { Source } from "../data/source.ts";
import type { ModelFunction } from "../dsl/build.ts";
import type { Rename } from "../store/rename.ts";
import type { FreezeRule } from "./freeze.ts";
import type { Loss } from "./loss.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";
import type { Stopping } from "./stopping.ts";

/** Pretrained weights of a part of the model. */
export interface Pretrained {
  /** A repository of the Hugging Face hub that holds `model.safetensors`. */
  readonly repo: string;
  /** The module they go into. */
  readonly under: string;
  /** From the file's names to the module's; the same unless given. */
  readonly rename?: Rename;
}

/** Everything a run needs to know. */
export interface Recipe {
  readonly name: string;
  readonly data: Choice<Source>;
  /** Number of labels the model tells apart. */
  readonly labels: number;
  readonly model: ModelFunction;
  /** What the run starts from; whatever they leave out starts at random. */
  readonly weights: readonly Pretrained[];
  /** Which parameters learn: the last rule that matches decides. */
  readonly freeze: readonly FreezeRule[];
  readonly batchSize: number;
  readonly epochs: number;
  /** Of the first weights, the order of the rows, augmentation and dropout. */
  readonly seed: number;
  readonly loss: Choice<Loss>;
  /** y (1 - ε) + (1 - y) ε on the training labels. */
  readonly labelSmoothing: number;
  readonly optimizer: Choice<Optimizer>;
  readonly learningRate: Choice<Schedule>;
  readonly stop: Choice<Stopping>;
}

const counts = ["labels", "batchSize", "epochs"] as const;

/** Checks a recipe's numbers; gives it back. */
export function recipe(settings: Recipe): Recipe {
  for (const field of counts) {
    const value = settings[field];
    if (!Number.isInteger(value) || value < 1) {
      throw new OnesheetError(
        `Cannot use recipe "${settings.name}": expected ${field} to be a whole number of at least 1, found ${value}`,
        { exitCode: 2 },
      );
    }
  }
  if (!(settings.labelSmoothing >= 0 && settings.labelSmoothing < 1)) {
    throw new OnesheetError(
      `Cannot use recipe "${settings.name}": expected labelSmoothing in [0, 1), found ${settings.labelSmoothing}`,
      { exitCode: 2 },
    );
  }
  return settings;
}

/** Pretrained weights from the hub. */
export const hub = (repo: string, options: Omit<Pretrained, "repo">): Pretrained => ({ repo, ...options });

const isChoice = (value: unknown): value is Choice<unknown> =>
  typeof value === "object" && value !== null && "made" in value && "options" in value;

/** A recipe as plain JSON: choices become their names and settings, functions are left out. */
export function printable(value: unknown): unknown {
  if (isChoice(value)) return { name: value.name, ...printable(value.options) as object };
  if (Array.isArray(value)) return value.map(printable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, v]) => typeof v !== "function").map(([key, v]) => [key, printable(v)]),
  );
}
