/** The plots of a data set as token ids, made once for a vocabulary and a length and kept in the cache folder. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { inCache } from "../base/cache.ts";
import type { Corpus } from "./corpus.ts";
import { readPacked, writePacked } from "./packed.ts";
import type { Places } from "./places.ts";
import type { OpenOptions } from "./source.ts";
import type { Tokenizer } from "./tokens.ts";

/** The tokens of every example, `tokens` numbers each. */
export interface PlotTokens {
  /** Writes the ids of an example into `ids`, and 1 into `mask` where a token stands, from `offset` on. */
  write(example: number, ids: Int32Array, mask: Int32Array, offset: number): void;
}

/** Goes up whenever texts become other tokens. */
const FORMAT = 1;

/** Plots between two words on how far it is. */
const TELL_EVERY = 1000;

interface Numbers {
  /** `[examples, tokens]`, of 16 bits where they fit. */
  readonly ids: Uint16Array | Int32Array;
  /** Tokens of each example. */
  readonly counts: Int32Array;
  readonly [name: string]: Uint16Array | Int32Array;
}

function encode(
  { rows, texts }: Corpus,
  { size, encode }: Tokenizer,
  tokens: number,
  onProgress: OpenOptions["onProgress"],
): Numbers {
  const ids = new (size <= 65536 ? Uint16Array : Int32Array)(rows.length * tokens);
  const counts = new Int32Array(rows.length);
  let example = 0;
  for (const plot of texts()) {
    const encoded = encode([plot], tokens);
    ids.set(encoded.ids, example * tokens);
    counts[example++] = encoded.mask.reduce((sum, one) => sum + one, 0);
    if (example % TELL_EVERY === 0) onProgress?.("tokenizing plots", example, rows.length);
  }
  return { ids, counts };
}

/** The tokens of all plots: those of the cache where it has them, made otherwise. `onProgress` hears of plots. */
export async function plotTokens(
  corpus: Corpus,
  tokenizer: Tokenizer,
  tokens: number,
  onProgress: OpenOptions["onProgress"],
  { cache }: Places,
): Promise<PlotTokens> {
  const identity = JSON.stringify([FORMAT, corpus.key, tokenizer.json, tokens]);
  const key = createHash("sha256").update(identity).digest("hex").slice(0, 32);
  const path = join(cache, "films", `${key}.tokens`);
  const known = await readPacked<null, Numbers>(path);
  const arrays = known?.arrays ?? encode(corpus, tokenizer, tokens, onProgress);
  if (known === undefined) {
    await inCache("the tokens of the plots", dirname(path), () => writePacked(path, { about: null, arrays }));
  }
  const { ids, counts } = arrays;
  return {
    write: (example, to, mask, offset) => {
      to.set(ids.subarray(example * tokens, (example + 1) * tokens), offset);
      mask.fill(1, offset, offset + counts[example]);
    },
  };
}
