import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { loadTokenizer, type Tokenizer, tokenizer } from "../../src/data/tokens.ts";
import configured from "../golden/tokens/config.json" with { type: "json" };
import golden from "../golden/tokens/tokens.json" with { type: "json" };

const folder = join(import.meta.dirname!, "..", "golden", "tokens");
const vocab = Deno.readTextFileSync(join(folder, "vocab.txt")).trimEnd().split("\n");

/** Text, ids lower-cased, ids cased, ids and mask lower-cased and fixed to 16. */
const cases = golden as unknown as [string, number[], number[], number[], number[]][];

/** All ids of a text, without padding. */
function idsOf({ encode }: Tokenizer, text: string): number[] {
  const { ids, mask } = encode([text], 512);
  return [...ids.subarray(0, mask.lastIndexOf(1) + 1)];
}

Deno.test("lower-cased ids equal transformers' on accents, CJK, control characters, emoji and long words", () => {
  const lower = tokenizer({ vocab });
  for (const [text, ids] of cases) assertEquals(idsOf(lower, text), ids, JSON.stringify(text));
});

Deno.test("cased ids equal transformers'", () => {
  const cased = tokenizer({ vocab, lowercase: false });
  for (const [text, , ids] of cases) assertEquals(idsOf(cased, text), ids, JSON.stringify(text));
});

Deno.test("texts are cut to the length with [CLS] and [SEP] kept, and padded on the right, as transformers does", () => {
  const { ids, mask } = tokenizer({ vocab }).encode(cases.map(([text]) => text), 16);
  cases.forEach(([text, , , cut, counted], row) => {
    assertEquals([...ids.subarray(row * 16, row * 16 + 16)], cut, JSON.stringify(text));
    assertEquals([...mask.subarray(row * 16, row * 16 + 16)], counted, JSON.stringify(text));
  });
});

Deno.test("a tokenizer.json that transformers saved is read, with its own casing", async () => {
  const saved = await loadTokenizer(join(folder, "saved"));
  assert(saved !== undefined);
  assertEquals(saved.size, vocab.length);
  for (const [text, , ids] of cases) assertEquals(idsOf(saved, text), ids, JSON.stringify(text));
});

Deno.test("the kept json gives the same tokenizer again", async () => {
  const kept = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(kept, "tokenizer.json"), tokenizer({ vocab }).json);
    const again = await loadTokenizer(kept);
    for (const [text, ids] of cases) assertEquals(idsOf(again!, text), ids, JSON.stringify(text));
  } finally {
    await Deno.remove(kept, { recursive: true });
  }
});

Deno.test("a vocab.txt is lower-cased unless tokenizer_config.json says otherwise; without either there is none", async () => {
  const kept = await Deno.makeTempDir();
  try {
    assertEquals(await loadTokenizer(kept), undefined);
    assertEquals(await loadTokenizer(join(kept, "absent")), undefined);
    await Deno.copyFile(join(folder, "vocab.txt"), join(kept, "vocab.txt"));
    const [text, lower, cased] = cases.find(([, lower, cased]) => String(lower) !== String(cased))!;
    assertEquals(idsOf((await loadTokenizer(kept))!, text), lower);
    await Deno.writeTextFile(join(kept, "tokenizer_config.json"), '{"do_lower_case": false}');
    assertEquals(idsOf((await loadTokenizer(kept))!, text), cased);
  } finally {
    await Deno.remove(kept, { recursive: true });
  }
});

Deno.test("a vocabulary without BERT's entries, another model and a broken file are said in a sentence", async () => {
  assertThrows(() => tokenizer({ vocab: ["[PAD]", "[UNK]", "[CLS]", "a"] }), OnesheetError, "found no [SEP]");
  const kept = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(kept, "tokenizer.json"), '{"model": {"type": "BPE"}}');
    await assertRejects(() => loadTokenizer(kept), OnesheetError, "expected a WordPiece tokenizer");
    await Deno.writeTextFile(join(kept, "tokenizer.json"), '{"model": ');
    await assertRejects(() => loadTokenizer(kept), OnesheetError, "Cannot read the vocabulary");
  } finally {
    await Deno.remove(kept, { recursive: true });
  }
});

/** A folder with a vocabulary and a tokenizer_config.json. */
async function withConfig(
  config: unknown,
  test: (folder: string) => Promise<void>,
  entries: readonly string[] = vocab,
): Promise<void> {
  const kept = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(kept, "vocab.txt"), entries.join("\n") + "\n");
    await Deno.writeTextFile(join(kept, "tokenizer_config.json"), JSON.stringify(config));
    await test(kept);
  } finally {
    await Deno.remove(kept, { recursive: true });
  }
}

const renamed: Readonly<Record<string, string>> = {
  ...{ "[PAD]": "<pad>", "[UNK]": "<unk>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>" },
};

for (const { config, ids } of configured as { config: Record<string, unknown>; ids: number[][] }[]) {
  Deno.test(`${Object.keys(config).join(", ")} of tokenizer_config.json mean what they mean to transformers`, async () => {
    const entries = "pad_token" in config ? vocab.map((entry) => renamed[entry] ?? entry) : vocab;
    await withConfig(config, async (folder) => {
      const found = (await loadTokenizer(folder))!;
      cases.forEach(([text], i) => assertEquals(idsOf(found, text), ids[i], JSON.stringify(text)));
      await Deno.writeTextFile(join(folder, "tokenizer.json"), found.json);
      const again = (await loadTokenizer(folder))!;
      cases.forEach(([text], i) => assertEquals(idsOf(again, text), ids[i], JSON.stringify(text)));
    }, entries);
  });
}

Deno.test("settings of tokenizer_config.json that are not supported, or are none, are refused by name", async () => {
  const refused: [unknown, string][] = [
    [{ never_split: ["film"] }, '"never_split" is not supported'],
    [{ do_basic_tokenize: false }, '"do_basic_tokenize": false is not supported'],
    [{ strip_accents: "yes" }, 'expected true or false as "strip_accents", found "yes"'],
    [{ pad_token: 7 }, 'expected a text as "pad_token", found 7'],
    [{ tokenizer_class: "RobertaTokenizer" }, 'found "RobertaTokenizer"; save its tokenizer.json'],
    [[], "expected {…}, found []"],
    [{ sep_token: "<eos>" }, "found no <eos>"],
  ];
  for (const [config, sentence] of refused) {
    await withConfig(config, async (folder) => {
      await assertRejects(() => loadTokenizer(folder), OnesheetError, sentence);
    });
  }
});

Deno.test("a hundred thousand accents on a letter change nothing, and take no time that grows with their square", () => {
  const { encode } = tokenizer({ vocab });
  const accents = "\u0301\u0323".repeat(500_000);
  assertEquals(encode([`film${accents} a`], 16), encode(["film a"], 16));
});
