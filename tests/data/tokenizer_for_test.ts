import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { tokenizerFor } from "../../src/data/tokenizer_for.ts";
import { withDataset } from "./parquet_files.ts";

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const listOf = (...words: string[]) => new TextEncoder().encode([...special, ...words].join("\n"));

Deno.test("the vocabulary's own folder comes first, then the data folder", async () => {
  await withDataset(
    { "vocab.txt": listOf("a"), "data/vocab.txt": listOf("a", "b") },
    async (folder, places) => {
      const own = await tokenizerFor(`${folder}/data`, folder, [], undefined, places);
      assertEquals([own.vocabulary, own.tokenizer.size], [`${folder}/data`, 7]);
      const data = await tokenizerFor("google-bert/bert-base-uncased", folder, [], undefined, places);
      assertEquals([data.vocabulary, data.tokenizer.size], [folder, 6]);
    },
  );
});

Deno.test("a file of the repository that was fetched before is used without the hub", async () => {
  const json = new TextEncoder().encode(JSON.stringify({
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      vocab: Object.fromEntries(special.map((entry, id) => [entry, id])),
    },
  }));
  await withDataset({}, async (folder, places) => {
    const repository = `${places.cache}/hub/models--owner--bert`, commit = "0".repeat(40);
    await Deno.mkdir(`${repository}/refs`, { recursive: true });
    await Deno.writeTextFile(`${repository}/refs/main`, commit);
    await Deno.mkdir(`${repository}/snapshots/${commit}`, { recursive: true });
    await Deno.writeFile(`${repository}/snapshots/${commit}/tokenizer.json`, json);
    const found = await tokenizerFor("owner/bert", folder, [], undefined, places);
    assertEquals([found.vocabulary, found.tokenizer.size], ["owner/bert", 5]);
  });
});

Deno.test("where the hub does not answer the plots make the vocabulary, and that is told", async () => {
  await withDataset({}, async (folder, places) => {
    const told: string[] = [];
    const plots = ["A film about films.", "A dog."];
    const found = await tokenizerFor("owner/bert", folder, plots, (what) => told.push(what), places);
    assertEquals(found.vocabulary, "the plots");
    assertEquals(found.tokenizer.encode(plots, 16).ids.includes(100), false);
    assertEquals(told, ["making a vocabulary of the plots, as owner/bert is out of reach"]);
  });
});

Deno.test("a folder without a vocabulary is an error, not a vocabulary of the plots", async () => {
  await withDataset({}, async (folder, places) => {
    for (const vocabulary of [`${folder}/absent`, "./words", "../words"]) {
      await assertRejects(
        () => tokenizerFor(vocabulary, folder, ["a"], undefined, places),
        OnesheetError,
        `Cannot use the vocabulary "${vocabulary}"`,
      );
    }
  });
});
