import { assertEquals } from "@std/assert";
import { openFilms } from "../../src/data/films.ts";
import { plotTokens } from "../../src/data/plot_tokens.ts";
import { tokenizer } from "../../src/data/tokens.ts";
import { hubRow, parquetOf, withDataset } from "./parquet_files.ts";

const plots = ["A film", "a film a film a film", ""];
const rows = plots.map((plot) => hubRow(plot, "War", Uint8Array.of(1)));
const words = (...more: string[]) =>
  tokenizer({ vocab: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...more] });

Deno.test("plots are tokenized once for a vocabulary and a length, and read back as the tokenizer gives them", async () => {
  await withDataset({ "a.parquet": parquetOf(rows) }, async (folder, places) => {
    const films = await openFilms(folder, undefined, places);
    for (
      const vocabulary of [
        words("a", "film"),
        words(
          "film",
          "a",
          ...Array.from({ length: 70_000 }, (_, i) => `w${i}`),
        ),
      ]
    ) {
      for (const tokens of [4, 6]) {
        let asked = 0;
        const counted = {
          ...vocabulary,
          encode: (texts: readonly string[], n: number) => (asked++, vocabulary.encode(texts, n)),
        };
        for (let opening = 0; opening < 2; opening++) {
          const kept = await plotTokens(films, counted, tokens, undefined, places);
          assertEquals(asked, 3);
          const ids = new Int32Array(3 * tokens), mask = new Int32Array(3 * tokens);
          for (const example of [2, 0, 1]) kept.write(example, ids, mask, example * tokens);
          assertEquals({ ids, mask }, vocabulary.encode(plots, tokens));
        }
      }
    }
  });
});
