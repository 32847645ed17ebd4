/** What a model consists of, in numbers. */
import { sizeOf } from "../base/value.ts";
import type { Model } from "./build.ts";
import type { Param } from "./node.ts";

/** Numbers of learnt parameters. */
export interface ParameterCount {
  /** Of all arrays but buffers. */
  readonly total: number;
  /** Of those that learn. */
  readonly trainable: number;
}

/** One module of the model: the first part of its parameters' names. */
export interface ModuleSummary {
  /** Such as `image_backbone`. */
  readonly name: string;
  /** How many numbers it learns or could learn. */
  readonly parameters: number;
  /** How many of them learn. */
  readonly trainable: number;
}

/** Counts of the whole model and of each of its modules, in the order of declaration. */
export interface ModelSummary {
  /** Of the whole model. */
  readonly parameters: ParameterCount;
  /** Of each module. */
  readonly modules: readonly ModuleSummary[];
  /** Names as PyTorch's state_dict would list them, those of modules registered twice included. */
  readonly names: readonly string[];
}

/** Every name of a state_dict with the name of the array it stands for. */
export function stateNames(
  { params, aliases }: {
    readonly params: readonly Pick<Param, "name">[];
    readonly aliases: Model["aliases"];
  },
): [name: string, home: string][] {
  const names = params.map((param) => param.name);
  const again = aliases.flatMap(([alias, home]) =>
    names.filter((name) => name.startsWith(`${home}.`)).map((name): [string, string] => [
      alias + name.slice(home.length),
      name,
    ])
  );
  return [...names.map((name): [string, string] => [name, name]), ...again];
}

/** Counts parameters; `trainable` says which are learnt. */
export function summarize(model: Model, trainable: ReadonlySet<string>): ModelSummary {
  const modules = new Map<string, { parameters: number; trainable: number }>();
  for (const { name, shape, kind } of model.params) {
    if (kind === "buffer") continue;
    const module = name.split(".")[0];
    const sum = modules.get(module) ?? { parameters: 0, trainable: 0 };
    const size = sizeOf(shape);
    modules.set(module, {
      parameters: sum.parameters + size,
      trainable: sum.trainable + (trainable.has(name) ? size : 0),
    });
  }
  const list = [...modules].map(([name, counts]) => ({ name, ...counts }));
  return {
    parameters: {
      total: list.reduce((n, m) => n + m.parameters, 0),
      trainable: list.reduce((n, m) => n + m.trainable, 0),
    },
    modules: list,
    names: stateNames(model).map(([name]) => name),
  };
}
