/** Which labels a page shows where there are more than a person would read: those of the most rows. */

/** Labels of a table of scores, at most. */
export const TABLE_LABELS = 200;

/** Labels with a chart of their own, and of a matrix, at most. */
export const CHART_LABELS = 40;

/**
 * The positions of the labels that the most rows have, at most so many, in their order.
 *
 * @param support how many rows have each label
 */
export const mostRows = (support: readonly number[], most: number): number[] =>
  support.map((_, i) => i).sort((a, b) => support[b] - support[a] || a - b).slice(0, most).sort((a, b) =>
    a - b
  );

/** What a page says of the labels that it leaves out; nothing where it has all. */
export function leftOut(shown: number, all: number, where: string): string {
  if (shown >= all) return "";
  const count = (n: number) => n.toLocaleString("en-US");
  return `The ${count(shown)} of ${count(all)} labels that the most rows have; ${where} has all.`;
}
