/** The twenty epochs that the notebook of `recipes/mmimdb.ts` printed. */

/** Macro-F1 on the validation set. */
export const macroF1: readonly number[] = (
  ".0000 .2803 .3948 .3324 .4188 .4739 .4632 .4792 .4727 .4630 " +
  ".4803 .4960 .4804 .4893 .4911 .5104 .5230 .5200 .5183 .5087"
).split(" ").map(Number);

/** Learning rates, as printed. */
export const rates: readonly string[] = [
  ...["1.00e-6", "3.40e-5", "6.70e-5"],
  ...Array<string>(12).fill("1.00e-4"),
  ...Array<string>(5).fill("2.00e-5"),
];

/** Epochs, from 1, that were a best by more than the least difference. */
export const bests: readonly number[] = [1, 2, 3, 5, 6, 8, 11, 12, 16, 17];

/** Epochs waited for a better one, after each. */
export const waited: readonly number[] = [0, 0, 0, 1, 0, 0, 1, 0, 1, 2, 0, 0, 1, 2, 3, 0, 0, 1, 2, 3];
