/** A model as a person sees it: its modules as boxes, with what each gives out, and what flows between them. */
import { sizeOf } from "../base/value.ts";
import type { Model } from "./build.ts";
import type { Node, Shape } from "./node.ts";

/** A module, opened or not. */
export interface Box {
  /** Its path, such as `image_backbone.layer4`; of an input `input image`. */
  readonly name: string;
  /** The shape of what others take from it. */
  readonly output: Shape;
  /** Numbers it learns or could learn. */
  readonly parameters: number;
  /** How many of them learn. */
  readonly trainable: number;
  /** Whether it is something the model is given. */
  readonly isInput: boolean;
}

/** Boxes in the order of computation, and who takes from whom. */
export interface Outline {
  /** Inputs first. */
  readonly boxes: readonly Box[];
  /** Names of boxes. */
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** What a node at the root of the names is in. */
const ROOT = "(model)";

const parts = (path: string): string[] => path.split(".");
const moduleOf = (param: string): string => parts(param).slice(0, -1).join(".");

/**
 * The box of a path: its first part, or its first two where that module is made of named modules that are made of
 * others. Members of a sequence have numbers for names and stay together.
 */
function boxes(paths: readonly string[]): (path: string) => string {
  const opened = new Set(
    paths.map(parts).filter((each) => each.length > 2 && !/^\d+$/.test(each[1])).map(([first]) => first),
  );
  return (path) => {
    const [first, second] = parts(path);
    if (first === "") return ROOT;
    return second !== undefined && opened.has(first) ? `${first}.${second}` : first;
  };
}

/** Whether a node only goes on with what came from elsewhere: a sum of two modules' values has a path, but no home. */
const isDerived = (node: Node): boolean => node.params.length === 0 && node.inputs[0]?.path === node.path;

/** Outlines a model; `trainable` says which parameters are learnt. */
export function outline(model: Model, trainable: ReadonlySet<string>): Outline {
  const named = (input: string) => `input ${input}`;
  const weights = model.params.filter(({ kind }) => kind === "weight");
  const isGiven = ({ path, inputs, params }: Node) =>
    inputs.length === 0 && params.length === 0 && path in model.inputs;
  const inner = model.nodes.filter((node) => !isGiven(node));
  const boxOf = boxes([...inner.map(({ path }) => path), ...weights.map(({ name }) => moduleOf(name))]);

  const outputs = new Map<string, Shape>(
    Object.entries(model.inputs).map(([input, shape]) => [named(input), shape]),
  );
  const given = new Set(outputs.keys());
  const sources = new Map<Node, ReadonlySet<string>>();
  const edges = new Map<string, readonly [string, string]>();
  for (const node of model.nodes) {
    const from = new Set(node.inputs.flatMap((input) => [...sources.get(input)!]));
    const own = isGiven(node) ? named(node.path) : boxOf(node.path);
    if (isDerived(node) && (from.size > 1 || [...from].some((each) => given.has(each)))) {
      sources.set(node, from);
      continue;
    }
    sources.set(node, new Set([own]));
    if (!given.has(own)) outputs.set(own, node.shape);
    for (const each of from) if (each !== own) edges.set(`${each} ${own}`, [each, own]);
  }
  const counts = (name: string, learnt: boolean): number =>
    weights.filter((param) => boxOf(moduleOf(param.name)) === name && (!learnt || trainable.has(param.name)))
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return {
    boxes: [...outputs].map(([name, output]) => ({
      name,
      output,
      parameters: given.has(name) ? 0 : counts(name, false),
      trainable: given.has(name) ? 0 : counts(name, true),
      isInput: given.has(name),
    })),
    edges: [...edges.values()],
  };
}
