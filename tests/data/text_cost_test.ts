import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { tokenizer } from "../../src/data/tokens.ts";
import { costlyTexts } from "./costly_texts.ts";
import { manyText, manyVocabulary } from "./many_texts.ts";

const program = join(import.meta.dirname!, "costly_texts.ts");

/** Seconds for what takes about one; with the square of the text's length it would be hours. */
const SECONDS = 60;

for (const name of Object.keys(costlyTexts)) {
  Deno.test(`a million characters are tokenized at once, and make a vocabulary: ${name}`, async () => {
    for (const lowercase of [true, false]) {
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-check", program, name, `${lowercase}`],
        signal: AbortSignal.timeout(1000 * SECONDS),
      }).output();
      assert(success, new TextDecoder().decode(stderr));
    }
  });
}

Deno.test("the first tokens of a text are those of the whole text, wherever it is cut", () => {
  const vocab = manyVocabulary();
  const texts = Array.from(
    { length: 30 },
    (_, at) => Array.from({ length: 40 }, (_, i) => manyText(40 * at + i)).join(" "),
  );
  const odd = [
    `${" ".repeat(5000)}film`,
    `${"film\u3000".repeat(2000)}`,
    `x${"\u0301\u0323".repeat(3000)} film`,
  ];
  for (const lowercase of [true, false]) {
    const { encode } = tokenizer({ vocab, lowercase });
    for (const text of [...texts, ...odd]) {
      const whole = encode([text], 100_000), count = whole.mask.lastIndexOf(1) + 1;
      for (const tokens of [2, 3, 16, 128, 512, count - 1, count]) {
        const body = whole.ids.subarray(0, Math.min(tokens, count) - 1);
        const cut = encode([text], tokens).ids.subarray(0, Math.min(tokens, count));
        assertEquals([...cut], [...body, whole.ids[count - 1]]);
      }
    }
  }
});
