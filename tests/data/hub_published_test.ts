/** The three published repositories, small, in their own layouts: what is fetched is what the readers expect. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { float32, sizeOf } from "../../src/base/value.ts";
import { fetchFile } from "../../src/data/hub.ts";
import { mmimdb } from "../../src/data/mmimdb.ts";
import { build, type Model } from "../../src/dsl/build.ts";
import { matchNames } from "../../src/store/match.ts";
import { bertNames, type Rename, resnetNames } from "../../src/store/rename.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { writeSafetensors } from "../../src/store/write.ts";
import { bert, resnet } from "../../layers/mod.ts";
import { type Files, repository, withHub } from "./hub_server.ts";
import { hubRow, parquetOf, png } from "./parquet_files.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A safetensors file of zeros. */
async function safetensors(shapes: ReadonlyMap<string, readonly number[]>): Promise<Uint8Array> {
  const path = await Deno.makeTempFile();
  try {
    const plans = [...shapes].map(([name, shape]) => ({ name, dtype: "F32" as const, shape }));
    const zeros = (name: string) => {
      const shape = shapes.get(name)!;
      return Promise.resolve(float32(shape, new Float32Array(sizeOf(shape))));
    };
    await writeSafetensors(path, plans, zeros, { format: "pt" });
    return await Deno.readFile(path);
  } finally {
    await Deno.remove(path);
  }
}

const tinyBert = build(
  ({ ids, mask }, at) =>
    bert({ vocabulary: 17, width: 8, layers: 2, heads: 2, hidden: 12, positions: 9 })(
      { ids, mask },
      at("text"),
    ),
  { ids: ["batch", 5], mask: ["batch", 5] },
);
const tinyResnet = build(({ x }, at) => resnet({ blocks: [2, 1], width: 4 })(x, at("image")), {
  x: ["batch", 32, 32, 3],
});

/** The arrays of a model's only module, as somebody else names them. */
const namedBy = (model: Model, rename: (name: string) => string): [string, readonly number[]][] =>
  model.params.map(({ name, shape }) => [rename(name.replace(/^\w+\./, "")), shape]);

/** As google-bert/bert-base-uncased, saved from a model with its pre-training heads by an old TensorFlow. */
const publishedBert = (): Promise<Uint8Array> => {
  const old = (name: string) =>
    name.replace(/LayerNorm\.weight$/, "LayerNorm.gamma").replace(/LayerNorm\.bias$/, "LayerNorm.beta");
  return safetensors(
    new Map([
      ...namedBy(tinyBert, (name) => `bert.${old(name)}`),
      ["cls.predictions.bias", [17]],
      ["cls.predictions.transform.LayerNorm.gamma", [8]],
      ["cls.predictions.transform.dense.weight", [8, 8]],
      ["cls.seq_relationship.weight", [2, 8]],
    ]),
  );
};

/** As timm/resnet50.tv2_in1k: torchvision's names, and its classifier. */
const publishedResnet = (): Promise<Uint8Array> =>
  safetensors(
    new Map([...namedBy(tinyResnet, (name) => name), ["fc.weight", [1000, 32]], ["fc.bias", [1000]]]),
  );

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const words = [...special, "a", "film", "about", "films"];
const tokenizer = {
  version: "1.0",
  added_tokens: special.map((content, id) => ({ id, special: true, content, single_word: false })),
  normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: ["[CLS]", "A", "[SEP]"].map((id) =>
      id === "A" ? { Sequence: { id, type_id: 0 } } : { SpecialToken: { id, type_id: 0 } }
    ),
    special_tokens: Object.fromEntries(
      ["[CLS]", "[SEP]"].map((id) => [id, { id, ids: [words.indexOf(id)], tokens: [id] }]),
    ),
  },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(words.map((entry, id) => [entry, id])),
  },
};

const texts = async (): Promise<Files> => ({
  "README.md": bytes("# BERT base model (uncased)"),
  "config.json": bytes("{}"),
  "model.safetensors": await publishedBert(),
  "tokenizer.json": bytes(JSON.stringify(tokenizer)),
  "vocab.txt": bytes(words.join("\n")),
});

const genres = ["Drama", "Comedy, Drama", "War"];
const shards = Object.fromEntries(Array.from({ length: 11 }, (_, i) => {
  const rows = [2 * i, 2 * i + 1].map((n) =>
    hubRow("A film about films", genres[n % 3], png(4, 6, [n, n, n]))
  );
  return [`data/train-${`${i}`.padStart(5, "0")}-of-00011.parquet`, parquetOf(rows)];
}));

Deno.test("sxj1215/mmimdb and the vocabulary of bert-base-uncased are fetched and read as a data set", async () => {
  const repositories = [
    repository("dataset", "sxj1215/mmimdb", { "README.md": bytes("# MM-IMDb"), ...shards }),
    repository("model", "google-bert/bert-base-uncased", await texts()),
  ];
  await withHub(repositories, async ({ places }) => {
    const open = (more = {}) => mmimdb({ pixels: 4, tokens: 8 }).made.open({}, { ...places, ...more });
    await using set = await open();
    assertEquals([set.train.size + set.validation.size, set.labels], [22, ["comedy", "drama", "war"]]);
    assertEquals(set.vocabulary, "google-bert/bert-base-uncased");
    const { inputs } = await set.validation.batch(Int32Array.of(0));
    assertEquals([...inputs.ids.data], [2, 5, 6, 7, 8, 3, 0, 0]);
    await using again = await open({ offline: true });
    assertEquals(again.labels, set.labels);
  });
});

const towers:
  readonly (readonly [repo: string, files: () => Promise<Files>, model: Model, under: string, Rename])[] = [
    ["google-bert/bert-base-uncased", texts, tinyBert, "text", bertNames],
    [
      "timm/resnet50.tv2_in1k",
      async () => ({ "model.safetensors": await publishedResnet() }),
      tinyResnet,
      "image",
      resnetNames,
    ],
  ];

for (const [repo, files, model, under, rename] of towers) {
  Deno.test(`${repo} is fetched and every array of the tower is in it`, async () => {
    await withHub([repository("model", repo, await files())], async ({ places }) => {
      const path = await fetchFile(repo, "model.safetensors", undefined, places);
      assertEquals(
        path,
        join(
          places.cache,
          "hub",
          `models--${repo.replace("/", "--")}`,
          "snapshots",
          "1".repeat(40),
          "model.safetensors",
        ),
      );
      using file = await openSafetensors(path);
      const { applied, missing, unused, mismatched } = matchNames(model, file.entries, { under, rename });
      assertEquals([applied.length, missing, unused, mismatched], [model.params.length, [], [], []]);
    });
  });
}
