/** The same data: rows, plots, genres, labels, split and batches. */
import { crc32 } from "node:zlib";
import { permutation } from "../../src/data/pcg64.ts";
import { trainTestSplit } from "../../src/data/split.ts";
import { batches, epochOrder } from "../../src/train/sampler.ts";
import recipe from "../../recipes/mmimdb.ts";
import { type Check, type Context, differing, type Measure, readJson } from "./check.ts";
import { type Film, settings, withFilms } from "./films.ts";

interface Splits {
  readonly permutations: readonly { readonly n: number; readonly seed: number; readonly crc32: number }[];
  readonly splits: readonly {
    readonly n: number;
    readonly ratio: number;
    readonly seed: number;
    readonly crc32: number;
  }[];
  readonly any: readonly (readonly [n: number, ratio: number, seed: number, crc32: number])[];
}

const sum = (...parts: readonly Int32Array[]): number =>
  parts.reduce((crc, part) => crc32(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), crc), 0);

function split({ goldens }: Context): Promise<Check[]> {
  const { permutations, splits, any } = readJson<Splits>(`${goldens}/split/split.json`);
  const wanted = [...splits.map(({ n, ratio, seed, crc32 }) => [n, ratio, seed, crc32] as const), ...any];
  const { validation, seed } = settings;
  const { train, test } = trainTestSplit(15552, { test: validation, seed });
  return Promise.resolve([
    {
      detail: "`numpy.random.default_rng(seed).permutation(n)`",
      against: "numpy 2.4.6",
      difference: permutations.filter(({ n, seed, crc32 }) => sum(permutation(n, seed)) !== crc32).length,
      limit: 0,
      unit: `of ${permutations.length} permutations`,
    },
    {
      detail:
        "split: the first ceil(0.15 n) rows of the permutation, both sides in its order, for any n, part and seed",
      against: "datasets 5.2.0",
      difference: wanted.filter(([n, test, seed, crc32]) => {
        const sides = trainTestSplit(n, { test, seed });
        return sum(sides.train, sides.test) !== crc32;
      }).length,
      limit: 0,
      unit: `of ${wanted.length} splits`,
    },
    {
      detail:
        "13,219 rows and 2,333; validation starts 8366, 9098, 13938, 10775, train 699, 4948, 11703, 7498",
      against: "the notebook",
      difference: differing([train.length, test.length, ...test.subarray(0, 4), ...train.subarray(0, 4)], [
        ...[13219, 2333],
        ...[8366, 9098, 13938, 10775],
        ...[699, 4948, 11703, 7498],
      ]),
      limit: 0,
      unit: "of 10 numbers",
    },
  ]);
}

const films: Measure = (context) =>
  withFilms(context, async ({ expected: { labels, train, validation }, set, plots }) => {
    const all = [...train, ...validation];
    const rows = (side: readonly Film[]) => side.map(({ row }) => row);
    const targets = async (side: "train" | "validation") => {
      const { size, batch } = set[side];
      const { labels: hot } = await batch(Int32Array.from({ length: size }, (_, i) => i));
      return Array.from(
        { length: size },
        (_, i) => [...hot.subarray(i * labels.length, (i + 1) * labels.length)],
      );
    };
    const ours = [...await targets("train"), ...await targets("validation")];
    return [
      {
        detail:
          "plot: first match of `Plot:\\s*(.*?)\\s*\\nNote that a movie`, stripped, else `No plot found.`",
        against: "Python 3.11 `re` on datasets 5.2.0",
        difference: differing(all.map(({ row }) => plots.get(row)), all.map(({ plot }) => plot)),
        limit: 0,
        unit: `of ${all.length} plots`,
      },
      {
        detail:
          "genres split on `,`, stripped, lower-cased; labels the sorted set over all rows; targets in that order",
        against: "scikit-learn 1.9.1 `MultiLabelBinarizer`",
        difference: differing(set.labels, labels) + differing(ours, all.map(({ target }) => target)),
        limit: 0,
        unit: `of ${labels.length} labels and ${all.length} targets`,
      },
      {
        detail:
          "rows of a data set on disk (parquet of several shards and row groups) on their sides, in order",
        against: "datasets 5.2.0",
        difference: differing([...set.train.ids], rows(train)) +
          differing([...set.validation.ids], rows(validation)),
        limit: 0,
        unit: `of ${all.length} rows`,
      },
    ];
  });

function ofSixteen(): Promise<Check[]> {
  const { batchSize, seed } = recipe;
  const order = epochOrder(13219, { seed, epoch: 0 });
  const training = batches(order, batchSize, { dropLast: true });
  const validation = batches(Int32Array.from({ length: 2333 }, (_, i) => i), batchSize, { dropLast: false });
  const found = [training.length, new Set(order).size, validation.length, validation.at(-1)!.length];
  return Promise.resolve([{
    detail:
      "batches of 16: 826 steps, shuffled, the last incomplete one dropped; 146 to validate in order, the last of 13",
    against: "the notebook",
    difference: differing([...found, ...validation.flatMap((batch) => [...batch])], [
      ...[826, 13219, 146, 13],
      ...Array.from({ length: 2333 }, (_, i) => i),
    ]),
    limit: 0,
    unit: "of 2,337 numbers",
  }]);
}

/** Details of the data. */
export const data: readonly Measure[] = [split, films, ofSixteen];
