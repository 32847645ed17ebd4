/** Vocabularies that this library makes, read by Hugging Face's own tools. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { tokenizer } from "../../src/data/tokens.ts";
import { vocabularyOf } from "../../src/data/vocabulary.ts";
import { pythonTest } from "../python.ts";

const texts = [
  "A ship is lost in space.",
  "Café, naïve, 漢字 and Σίσυφος!",
  "",
  "word ".repeat(40),
  "[MASK] [CLS] a [SEP]",
];
const program = `
import json, sys
from tokenizers import Tokenizer
from transformers import AutoTokenizer, PreTrainedTokenizerFast
file, texts = sys.argv[1], json.loads(sys.argv[2])
one = Tokenizer.from_file(file)
two = PreTrainedTokenizerFast(tokenizer_file=file, pad_token="[PAD]")
print(json.dumps({
  "tokenizers": [one.encode(text).ids for text in texts],
  "pair": [one.encode(texts[0], texts[1]).ids, one.encode(texts[0], texts[1]).type_ids],
  "plain": one.encode(texts[0], add_special_tokens=False).tokens,
  "transformers": two(texts, padding="max_length", truncation=True, max_length=12)["input_ids"],
}))`;

const vocabularies = {
  "of texts": (lowercase: boolean) => ({ vocab: vocabularyOf(texts, 200), lowercase }),
  "in another order, with entries that JavaScript orders": (lowercase: boolean) => ({
    vocab: ["7", "[SEP]", "__proto__", "[CLS]", "a", "[UNK]", "1", "##s", "[PAD]", "[MASK]", "ship", "."],
    lowercase,
  }),
};

for (const [what, made] of Object.entries(vocabularies)) {
  for (const lowercase of [true, false]) {
    await pythonTest(
      `a vocabulary ${what}, ${
        lowercase ? "lower-cased" : "cased"
      }, gives tokenizers and transformers the same ids`,
      ["tokenizers", "transformers"],
      async (python) => {
        const folder = await Deno.makeTempDir();
        try {
          const own = tokenizer(made(lowercase)), file = join(folder, "tokenizer.json");
          await Deno.writeTextFile(file, own.json);
          const said = JSON.parse(await python(program, file, JSON.stringify(texts)));
          const ids = (text: string, most: number, padded = false) => {
            const { ids, mask } = own.encode([text], most);
            return [...padded ? ids : ids.slice(0, mask.lastIndexOf(1) + 1)];
          };
          assertEquals(said.tokenizers, texts.map((text) => ids(text, 512)));
          assertEquals(said.transformers, texts.map((text) => ids(text, 12, true)));
          const [first, second] = [ids(texts[0], 512), ids(texts[1], 512).slice(1)];
          assertEquals(said.pair, [[...first, ...second], [...first.fill(0), ...second.fill(1)]]);
          assertEquals(said.plain.length, first.length - 2);
        } finally {
          await Deno.remove(folder, { recursive: true });
        }
      },
    );
  }
}
