/** The tables of a model in which numbers of its inputs are looked up, such as words: no number may be beyond the rows. */
import { OnesheetError } from "../base/errors.ts";
import type { Values } from "../base/value.ts";
import type { Dataset } from "../data/source.ts";
import type { Model } from "../dsl/build.ts";
import type { Node } from "../dsl/node.ts";
import type { Plan } from "./start.ts";

/** A table, and the input whose numbers are looked up in it. */
export interface Lookup {
  /** The input's name. */
  readonly input: string;
  /** The table's name among the parameters. */
  readonly table: string;
  /** How many rows it has. */
  readonly rows: number;
}

/** Every table of a model in which an input's own numbers are looked up. */
export function lookupsOf({ nodes, inputs }: Pick<Model, "nodes" | "inputs">): Lookup[] {
  const namesOf = (node: Node): string[] =>
    node.arranges
      ? node.inputs.flatMap(namesOf)
      : node.inputs.length === 0 && Object.hasOwn(inputs, node.path)
      ? [node.path]
      : [];
  return nodes.filter(({ looksUp }) => looksUp).flatMap(({ inputs: [numbers], params: [{ name, shape }] }) =>
    namesOf(numbers).map((input) => ({ input, table: name, rows: shape[0] }))
  );
}

/**
 * Refuses a vocabulary that is larger than a table of the model, before a rare word meets that.
 *
 * @param what what has the vocabulary, as a message calls it
 */
export function demandTables(
  { model, tower }: Pick<Plan, "model" | "tower">,
  below: Dataset["below"] = {},
  what = "this data",
): void {
  for (const { input, table, rows } of [model, ...(tower ? [tower] : [])].flatMap(lookupsOf)) {
    if (!Object.hasOwn(below, input) || below[input] <= rows) continue;
    const found = below[input], size = input === "ids" ? "a tokenizer of" : `"${input}" of`;
    throw new OnesheetError(
      `Cannot use ${what}: expected ${size} at most ${rows} entries, which is how many rows "${table}" has, found ` +
        `${found}; build that layer for ${found} entries, or use a smaller vocabulary`,
    );
  }
}

/** The same inputs; numbers that a table of the model has no row for are refused, which engines take in different ways. */
export function lookupGuard(model: Pick<Model, "nodes" | "inputs">): (inputs: Values) => Values {
  const lookups = lookupsOf(model);
  return (inputs) => {
    for (const { input, table, rows } of lookups) {
      const wrong = inputs[input]?.data.find((number) => number < 0 || number >= rows);
      if (wrong === undefined) continue;
      throw new OnesheetError(
        `Cannot look "${input}" up in "${table}": expected numbers from 0 to ${rows - 1}, found ${wrong}`,
      );
    }
    return inputs;
  };
}
