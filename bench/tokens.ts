/** `tokens`: the plots of a whole data set, from parquet to token ids in the cache. */
import { join } from "node:path";
import { cacheFolder } from "../src/base/cache.ts";
import { openFilms } from "../src/data/films.ts";
import { usualPlaces } from "../src/data/places.ts";
import { plotTokens } from "../src/data/plot_tokens.ts";
import { loadTokenizer } from "../src/data/tokens.ts";
import { type Bench, type BenchOptions, type Figure, figureOf, inTurns } from "./bench.ts";
import { smallPoster, writeRows } from "./rows.ts";

/** Rows of MM-IMDb. */
const ROWS = 15_552;

async function run({ pairs, onNote }: BenchOptions): Promise<Figure[]> {
  const place = join(cacheFolder(), "bench");
  const folder = join(place, `plots-${ROWS}`), cache = join(place, "tokens");
  onNote(`${ROWS} plots of 120 words in ${folder}, written once`);
  await writeRows(folder, ROWS, smallPoster);
  const places = { ...usualPlaces(), cache };
  const tokenizer = (await loadTokenizer(folder))!;
  const seconds = async (measure: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await measure();
    return (performance.now() - start) / 1000;
  };
  const make = async () =>
    await plotTokens(await openFilms(folder, undefined, places), tokenizer, 128, undefined, places);
  const [made, opened] = await inTurns([
    async () => {
      await Deno.remove(cache, { recursive: true }).catch(() => {});
      return await seconds(make);
    },
    () => seconds(make),
  ], { pairs });
  await Deno.remove(cache, { recursive: true });
  return [
    figureOf({ name: `tokens, ${ROWS} plots read and tokenized`, unit: "s" }, made),
    figureOf({ name: "tokens, opened again", unit: "s" }, opened),
  ];
}

/** The bench. */
export const tokensBench: Bench = {
  name: "tokens",
  about:
    "15,552 plots of 120 words to 128 token ids each, read from parquet and kept; nothing of PyTorch's beside it",
  run,
};
