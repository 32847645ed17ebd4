/**
 * A third side of the split: of the validation rows every other one chooses the epoch that is kept, and the rest,
 * which no choice has seen, judge it.
 */
import type { Dataset, Rows } from "../data/source.ts";
import type { Recipe } from "./recipe.ts";

/** Every other row, from the first or from the second. */
function everyOther(rows: Rows, from: 0 | 1): Rows {
  const kept = Int32Array.from({ length: Math.ceil((rows.size - from) / 2) }, (_, i) => from + 2 * i);
  return {
    size: kept.length,
    ids: kept.map((position) => rows.ids[position]),
    batch: (positions, draw) => rows.batch(positions.map((position) => kept[position]), draw),
    ...(rows.shown && { shown: (positions) => rows.shown!(positions.map((position) => kept[position])) }),
  };
}

/** The rows that judge. */
export const testRows = ({ validation }: Pick<Dataset, "validation">): Rows => everyOther(validation, 1);

/** A recipe whose validation rows are those that choose. */
export function withoutTestRows(recipe: Recipe): Recipe {
  const { made } = recipe.data;
  const open: typeof made.open = async (options) => {
    const data = await made.open(options);
    return {
      ...data,
      validation: everyOther(data.validation, 0),
      [Symbol.asyncDispose]: () => data[Symbol.asyncDispose](),
    };
  };
  return { ...recipe, data: { ...recipe.data, made: { ...made, open } } };
}
