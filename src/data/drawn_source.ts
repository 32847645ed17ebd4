/** The drawn films as a source: written into the cache when first asked for, then read like any data set. */
import { join } from "node:path";
import { type Choice, choice } from "../base/choice.ts";
import { cacheFolder, inCache } from "../base/cache.ts";
import { writeDrawn } from "./drawn.ts";
import { mmimdb } from "./mmimdb.ts";
import { inputSpecs, type Preparation } from "./rows.ts";
import type { Source } from "./source.ts";

/** The settings of {@link drawnFilms}. */
export interface DrawnFilmsOptions extends Preparation {
  /** Films in all. */
  readonly rows: number;
  /** Of the films and the split. */
  readonly seed: number;
  /** Part of the rows held out for validation, in (0, 1). */
  readonly validation: number;
}

/**
 * Posters and plots that the project draws itself, with eight genres: three show in the poster only, three in the plot
 * only, two in both. Nothing is downloaded.
 */
export const drawnFilms = (options: DrawnFilmsOptions): Choice<Source> =>
  choice("drawnFilms", options, ({ rows, ...settings }) => {
    const folder = () => join(cacheFolder(), `drawn-${rows}-${settings.seed}`);
    const films = (vocabulary: string) => mmimdb({ ...settings, vocabulary }).made;
    return {
      inputs: inputSpecs(settings),
      open: async (request) => {
        const data = request.data ?? folder();
        if (request.data === undefined) {
          const drawing = { rows, seed: settings.seed };
          await inCache("the drawn films", data, () => writeDrawn(data, drawing));
        }
        return await films(data).open({ ...request, data });
      },
      reader: (kept) => films(kept).reader(kept),
    };
  }, { resize: [256] });
