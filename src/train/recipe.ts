/** A recipe: data that a person reads from top to bottom, and a model function. */
import type { Choice } from "../base/choice.ts";
import { OnesheetError } from "../base/errors.ts";
import { fieldFault, show } from "../base/json.ts";
import {
  belowOne,
  betweenZeroAndOne,
  nonNegative,
  optional,
  positive,
  rangeFault,
  whole,
} from "../base/range.ts";
import type { Source } from "../data/source.ts";
import type { ModelFunction, Outputs } from "../dsl/build.ts";
import type { Node, Scope } from "../dsl/node.ts";
import type { Rename } from "../store/rename.ts";
import type { FreezeRule } from "./freeze.ts";
import type { ParameterGroup } from "./groups.ts";
import { binaryCrossEntropy, type Loss } from "./loss.ts";
import { adamw, type Optimizer } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";
import type { Stage } from "./stages.ts";
import { never, type Stopping } from "./stopping.ts";

/** Pretrained weights of a part of the model. */
export interface Pretrained {
  /**
   * A repository of the Hugging Face hub that holds `model.safetensors` or, for several files, its index; or, absolute or
   * with `.` or `~` in front, the path of a safetensors file or of such a folder.
   */
  readonly repo: string;
  /** The module they go into. */
  readonly under: string;
  /** From the file's names to the module's; the same unless given. */
  readonly rename?: Rename;
}

/** Features of every row, computed once before training and held in the engine's memory. */
export interface NodeFeatures {
  /** From the data's inputs to features `[batch, features]`; it does not learn. */
  readonly tower: ModelFunction;
  /** What the tower starts from; at random with `--weights random`. */
  readonly weights: readonly Pretrained[];
}

/** What a model is built for beside its inputs. */
export interface ModelContext {
  /** Width of the logits. */
  readonly numLabels: number;
}

/** A recipe's model: symbolic inputs by name, the root of the names and the number of labels to logits `[batch, numLabels]`. */
export type RecipeModel<Name extends string = string> = (
  inputs: Readonly<Record<Name, Node>>,
  at: Scope,
  context: ModelContext,
) => Node | Outputs;

/** How the validation loss is a mean. */
export const validationLosses = ["mean of rows", "mean of batches"] as const;

/** Everything a run needs to know. */
export interface Recipe {
  /** What it is called in messages and run folders. */
  readonly name: string;
  /** Where rows come from; the model's inputs are its inputs. */
  readonly data: Choice<Source>;
  /** Number of labels, which the data must have. Default: as many as the data has. */
  readonly labels?: number;
  /** From the data's inputs and constants to logits `[batch, numLabels]`. */
  readonly model: RecipeModel;
  /** Of a graph's nodes: the input `nodes` `[nodes, features]` of the model. */
  readonly nodes?: NodeFeatures;
  /** What the run starts from; whatever they leave out starts at random. */
  readonly weights: readonly Pretrained[];
  /** Which parameters learn: the last rule that matches decides. */
  readonly freeze: readonly FreezeRule[];
  /** Which of them begin to learn some epochs later. */
  readonly stages?: readonly Stage[];
  /** Rows in a batch; more than there are, without `dropLast`: all of them. */
  readonly batchSize: number;
  /** Whether a last batch that is not full is left out; it is unless told. */
  readonly dropLast?: boolean;
  /**
   * Batches in a step, which follows the mean of their gradients; an epoch's last step may have fewer. 1 unless given.
   * A run is saved and stopped between steps.
   */
  readonly accumulate?: number;
  /** How often training goes through the rows, at most. */
  readonly epochs: number;
  /** Of the first weights, the order of the rows, augmentation and dropout. */
  readonly seed: number;
  /** What is made small. */
  readonly loss: Choice<Loss>;
  /**
   * How the loss of the validation rows is averaged; nothing is trained or chosen by it. A mean of batches, as many
   * notebooks have it, depends on the batch size, because a short last batch counts as much as a full one. Default: mean
   * of rows.
   */
  readonly validationLoss?: typeof validationLosses[number];
  /** y (1 - ε) + (1 - y) ε on the training labels. */
  readonly labelSmoothing: number;
  /** How parameters follow their gradients. */
  readonly optimizer: Choice<Optimizer>;
  /** Parameters with another rate or weight decay; of several groups the last decides. */
  readonly groups?: readonly ParameterGroup[];
  /** The largest norm of a step's gradients together; larger ones are scaled down to it. */
  readonly clipNorm?: number;
  /**
   * A running average of the weights that learn: decay * average + (1 - decay) * weights after each step. It is what is
   * evaluated and kept as the best.
   */
  readonly average?: { readonly decay: number };
  /** The rate of every step. */
  readonly learningRate: Choice<Schedule>;
  /** Which epoch's weights are kept, and when to end early. */
  readonly stop: Choice<Stopping>;
}

/** A recipe as it is written: fields that are left out have their usual values. */
export type RecipeSettings =
  & Pick<Recipe, "name" | "data" | "model" | "epochs" | "learningRate">
  & Partial<Recipe>;

/** The numbers that a recipe's fields take. */
const ranges = {
  labels: optional(whole(1)),
  batchSize: whole(1),
  epochs: whole(1),
  seed: whole(0),
  labelSmoothing: belowOne,
  accumulate: optional(whole(1)),
  clipNorm: optional(positive),
};

const groupRanges = { rate: optional(nonNegative), weightDecay: optional(nonNegative) };

/** What is wrong with the items of a list, whose fields `textsOf` are texts; undefined where nothing is. */
const itemFault = (name: string, items: readonly object[], textsOf: (item: object) => readonly string[]) =>
  items.map((item) => fieldFault(item, Object.fromEntries(textsOf(item).map((field) => [field, "a text"]))))
    .flatMap((fault) => fault === undefined ? [] : [`${name}: ${fault}`])[0];

/** What is wrong with a recipe's numbers and patterns; undefined where nothing is. */
function fault(recipe: Recipe): string | undefined {
  const { average, weights, freeze, stages = [], groups = [], validationLoss = "mean of rows" } = recipe;
  return [
    itemFault("weights", weights, () => ["repo", "under"]),
    itemFault("freeze", freeze, (rule) => Object.hasOwn(Object(rule), "train") ? ["train"] : ["freeze"]),
    itemFault("stages", stages, () => ["freeze"]),
    itemFault("groups", groups, () => ["of"]),
    rangeFault(recipe, ranges),
    validationLosses.includes(validationLoss)
      ? undefined
      : `expected validationLoss to be ${validationLosses.map((name) => `"${name}"`).join(" or ")}, found ${
        show(validationLoss)
      }`,
    average && rangeFault(average, { decay: betweenZeroAndOne }, " of average"),
    ...stages.map((stage) => rangeFault(stage, { epochs: whole(1) }, ` of the stage "${stage.freeze}"`)),
    ...groups.map((group) => rangeFault(group, groupRanges, ` of the group "${group.of}"`)),
  ].find((fault) => fault !== undefined);
}

/**
 * Makes a recipe and checks its numbers. Unless given, nothing is pretrained or frozen, labels are not smoothed, a batch
 * has 16 rows, the seed is 42, the loss is binary cross-entropy, the optimizer AdamW with PyTorch's settings, and every
 * epoch is trained; the weights of the best macro-F1 are kept.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { constant, drawnFilms, focal, imagenet, linear, meanPool, recipe } from "../../mod.ts";
 *
 * const averages = recipe({
 *   name: "averages",
 *   data: drawnFilms({ rows: 60, seed: 1, validation: 0.2, pixels: 48, tokens: 48, augment: [], ...imagenet }),
 *   model: ({ image }, at, { numLabels }) => linear(numLabels)(meanPool()(image, at("pool")), at("head")),
 *   epochs: 2,
 *   loss: focal({ alpha: 0.5, gamma: 2 }),
 *   learningRate: constant({ rate: 1e-3 }),
 * });
 * assertEquals(averages.loss.with({ gamma: 1 }).options, { alpha: 0.5, gamma: 1 });
 * ```
 */
export function recipe(given: RecipeSettings): Recipe {
  const { weights = [], freeze = [], batchSize = 16, seed = 42, labelSmoothing = 0 } = given;
  const { loss = binaryCrossEntropy(), optimizer = adamw(), stop = never({ on: "macroF1" }) } = given;
  const settings = { ...given, weights, freeze, batchSize, seed, labelSmoothing, loss, optimizer, stop };
  const wrong = fault(settings);
  if (wrong !== undefined) {
    throw new OnesheetError(`Cannot use recipe "${settings.name}": ${wrong}`, { exitCode: 2 });
  }
  return settings;
}

/** Pretrained weights from a repository of the hub, or from a path on this machine: see {@link Pretrained.repo}. */
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
