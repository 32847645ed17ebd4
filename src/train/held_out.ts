/**
 * A third side of the split: of the validation rows every other one chooses the epoch that is kept, and the rest,
 * which no choice has seen, judge it.
 */
import type { RecordedRows, Rows } from "../data/source.ts";
import type { Recipe } from "./recipe.ts";

/** Every other row, from the first or from the second. */
function everyOther(rows: Rows, from: 0 | 1): Rows {
  const kept = Int32Array.from({ length: Math.ceil((rows.size - from) / 2) }, (_, i) => from + 2 * i);
  return {
    size: kept.length,
    ids: kept.map((position) => rows.ids[position]),
    ...(rows.identities && {
      identities: async () => {
        const all = await rows.identities!();
        return Array.from(kept, (position) => all[position]);
      },
    }),
    batch: (positions, draw) => rows.batch(positions.map((position) => kept[position]), draw),
    ...(rows.shown && { shown: (positions) => rows.shown!(positions.map((position) => kept[position])) }),
  };
}

/** Two sides in turns, the first row being the first side's. */
function interleaved(first: RecordedRows, second: RecordedRows): RecordedRows {
  const turns = <T>(a: ArrayLike<T>, b: ArrayLike<T>): T[] =>
    Array.from({ length: a.length + b.length }, (_, i) => (i % 2 === 0 ? a : b)[i >> 1]);
  return {
    rows: Int32Array.from(turns(first.rows, second.rows)),
    ...(first.identities && second.identities && {
      identities: turns(first.identities, second.identities),
    }),
  };
}

/** A recipe of which every other validation row is a test row. */
export function withoutTestRows(recipe: Recipe): Recipe {
  const { made } = recipe.data;
  const open: typeof made.open = async (options) => {
    const { split } = options;
    const data = await made.open({
      ...options,
      ...(split?.test && { split: { ...split, validation: interleaved(split.validation, split.test) } }),
    });
    return {
      ...data,
      validation: everyOther(data.validation, 0),
      test: everyOther(data.validation, 1),
      [Symbol.asyncDispose]: () => data[Symbol.asyncDispose](),
    };
  };
  return { ...recipe, data: { ...recipe.data, made: { ...made, open } } };
}
