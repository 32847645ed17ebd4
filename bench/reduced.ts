/** What training pictures made of reduced posters differ by from those made of whole ones, on the same draws. */
import { random } from "../src/base/random.ts";
import { decode } from "../src/data/decode.ts";
import { trainingPicture } from "../src/data/kept_picture.ts";
import type { MmimdbOptions } from "../src/data/mmimdb.ts";
import type { Picture } from "../src/data/picture.ts";
import mmimdb from "../recipes/mmimdb.ts";
import { type Figure, figureOf } from "./bench.ts";
import { largePoster } from "./posters.ts";

/** Posters that are compared, and how often each is changed. */
const POSTERS = 12, DRAWS = 3;

/** The mean difference of two pictures' values, of 255. */
const difference = (a: Picture, b: Picture): number =>
  a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;

/** The mean difference after the exact recipe's five changes, for posters reduced to these factors of its pixels. */
export async function reducedDifferences(factors: readonly number[]): Promise<Figure[]> {
  const { augment, pixels } = mmimdb.data.options as unknown as MmimdbOptions;
  const changed = (picture: Picture, poster: number, draw: number): Picture => {
    const stream = random("reduced", poster, draw);
    return augment.reduce((seen, { made }) => made(seen, stream), picture);
  };
  const sums = factors.map(() => 0);
  for (let poster = 0; poster < POSTERS; poster++) {
    const file = await largePoster(poster);
    const whole = await decode(file);
    for (const [i, factor] of factors.entries()) {
      const small = await trainingPicture(file, Math.round(factor * pixels));
      for (let draw = 0; draw < DRAWS; draw++) {
        sums[i] += difference(changed(small, poster, draw), changed(whole, poster, draw));
      }
    }
  }
  return factors.map((factor, i) =>
    figureOf({ name: `data, oversampling ${factor} against whole posters`, unit: "of 255 levels" }, [
      sums[i] / (POSTERS * DRAWS),
    ])
  );
}
