/** The names PyTorch gives a model's arrays. */
import type { Model } from "../dsl/build.ts";
import type { Param } from "../dsl/node.ts";
import { stateNames } from "../dsl/summary.ts";

/** What a file needs to know of a model's array: all but its first values. */
export type StoredParam = Omit<Param, "init">;

/** What a file needs to know of a model. */
export interface StoredModel {
  /** In the order of declaration. */
  readonly params: readonly StoredParam[];
  /** Module paths under which the arrays of another module are known, too. */
  readonly aliases: Model["aliases"];
}

/** Every name of a model's `state_dict` with its parameter: first each parameter's own, then those under aliases. */
export function stateDict(model: StoredModel): Map<string, StoredParam> {
  const homes = new Map(model.params.map((param) => [param.name, param]));
  return new Map(stateNames(model).map(([name, home]) => [name, homes.get(home)!]));
}
