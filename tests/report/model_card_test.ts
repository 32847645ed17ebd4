import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type CardFacts, modelCard } from "../../src/report/model_card.ts";
import { cardData } from "../../src/report/card_data.ts";
import { published } from "../../src/report/published.ts";

const facts: CardFacts = {
  name: "films",
  version: "0.1.0",
  settings: { name: "films", data: { name: "csvFolder", file: "films.csv" }, batchSize: 16 },
  data: { name: "films.csv", source: "csvFolder", onHub: false },
  license: "unknown",
  inputs: { image: { shape: [48, 48, 3], dtype: "float32" }, ids: { shape: [16], dtype: "int32" } },
  pretrained: [],
  files: [
    "config.json",
    "model.safetensors",
    "preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
  ],
  parameters: { total: 12345, trainable: 345 },
  weights: "random",
  engine: "portable",
  best: {
    epoch: 3,
    macro_f1: 0.5,
    micro_f1: 0.625,
    weighted_f1: 0.6,
    samples_f1: 0.55,
    val_loss: 0.125,
    per_label: [{ label: "sci|fi", precision: 1, recall: 0.5, f1: 2 / 3, support: 4 }],
  },
};

/** The block that the hub reads. */
const headOf = (card: string) =>
  Object.fromEntries(
    card.split("---\n")[1].trimEnd().split("\n").map((line) => {
      const at = line.indexOf(": ");
      return [line.slice(0, at), JSON.parse(line.slice(at + 2))];
    }),
  );

Deno.test("a card has what the hub reads, the data, the scores by label, the limits and the settings", () => {
  const card = modelCard(facts);
  const head = headOf(card), [{ results: [{ dataset, metrics }] }] = head["model-index"];
  assertEquals([head.license, head.library_name, head.pipeline_tag], [
    "unknown",
    "onesheet",
    "image-classification",
  ]);
  assertEquals(head.tags, ["onesheet", "multimodal", "multi-label-classification"]);
  assertEquals(dataset, { type: "csvFolder", name: "films.csv", split: "validation" });
  assertEquals(metrics[0], { type: "f1", name: "macro-F1", value: 0.5 });
  for (
    const part of [
      "`image` float32 [batch, 48, 48, 3], `ids` int32 [batch, 16]",
      "Parameters: 12,345, of which 345 were trained",
      "| 0.5000 | 0.6250 | 0.6000 | 0.5500 | 0.1250 |",
      "| sci\\|fi | 1.000 | 0.500 | 0.667 | 4 |",
      "## Data\n\n`films.csv`, read by `csvFolder`",
      "- License: not stated by its author",
      "- `preprocessor_config.json`: how an image is prepared",
      "AutoImageProcessor.from_pretrained(folder)",
      "## Limits\n",
      '"batchSize": 16',
    ]
  ) assertStringIncludes(card, part);
});

Deno.test("a card of one modality speaks of that one alone", () => {
  const { image, ids } = facts.inputs;
  for (
    const [inputs, files, tag, says, not] of [
      [
        { image },
        ["preprocessor_config.json"],
        "image-classification",
        "A classifier of images into",
        "Tokenizer",
      ],
      [{ ids }, ["tokenizer_config.json"], "text-classification", "A classifier of texts into", "Image"],
    ] as const
  ) {
    const card = modelCard({ ...facts, inputs, files });
    assertStringIncludes(card, says);
    assertEquals([headOf(card).pipeline_tag, headOf(card).tags.includes("multimodal")], [tag, false]);
    assert(!card.split("## Usage")[1].split("## Data")[0].includes(not));
    assert(!card.split("## Files")[1].split("## Usage")[0].includes(not));
  }
});

Deno.test("data and weights of the hub are named as the hub names them, a license as it was given", () => {
  const data = cardData({ name: "mmimdb", repo: "sxj1215/mmimdb" });
  const pretrained = ["google-bert/bert-base-uncased", "timm/resnet50.tv2_in1k"];
  const card = modelCard({ ...facts, data, pretrained, weights: "hub", license: "apache-2.0" });
  const { datasets, base_model, license, "model-index": [{ results: [{ dataset }] }] } = headOf(card);
  assertEquals([datasets, base_model, license], [["sxj1215/mmimdb"], pretrained, "apache-2.0"]);
  assertEquals(dataset.type, "sxj1215/mmimdb");
  assertStringIncludes(card, "- Started from: `google-bert/bert-base-uncased`, `timm/resnet50.tv2_in1k`");
});

Deno.test("data is called by its repository, its folder or its file, without where that lies", () => {
  const csv = { name: "csvFolder", file: "films.csv" }, hub = { name: "mmimdb", repo: "me/films" };
  assertEquals(cardData(csv), { name: "films.csv", source: "csvFolder", onHub: false });
  assertEquals(cardData(csv, "/home/ann/acme/posters/"), {
    name: "posters",
    source: "csvFolder",
    onHub: false,
  });
  assertEquals(cardData(hub, "C:\\data\\films"), { name: "films", source: "mmimdb", onHub: false });
  assertEquals(cardData({ name: "graph", of: hub }), { name: "me/films", source: "graph", onHub: true });
  assertEquals(cardData({ name: "drawnFilms" }), { name: "drawnFilms", source: "drawnFilms", onHub: false });
});

Deno.test("settings that hold a fence stay inside theirs", () => {
  const card = modelCard({ ...facts, settings: { separator: "\n```\n# not a heading ````" } });
  assertStringIncludes(card, "\n`````json\n");
  assert(card.endsWith("\n`````\n"));
});

Deno.test("names of people's data are shown as they are, and are neither HTML nor Markdown", () => {
  const label = "<unk> & <img src=x onerror=alert(1)> *a* _b_ [c](http://d) `e` ~f~ #g \\ $h$ | i\nj";
  const card = modelCard({
    ...facts,
    name: "<script>\n# films",
    best: { ...facts.best!, per_label: [{ ...facts.best!.per_label[0], label }] },
  });
  const [, , body] = card.split("---\n");
  assert(!/<(script|img|unk)/.test(body.split("## Settings")[0]), body);
  assertStringIncludes(body, "# &lt;script&gt; \\# films\n");
  assertStringIncludes(
    body,
    "| &lt;unk&gt; &amp; &lt;img src=x onerror=alert(1)&gt; \\*a\\* \\_b\\_ \\[c\\](http://d) \\`e\\` \\~f\\~ \\#g " +
      "\\\\ \\$h\\$ \\| i j | 1.000 |",
  );
  assertStringIncludes(card, "a label is predicted above a probability of 0.5.");
});

Deno.test("what is published has the last names of paths, and nothing else is changed", () => {
  const settings = {
    data: {
      ...{ file: "file:///home/ann/client-acme/my%20films.csv", separator: "/", other: "C:\\data\\a.csv" },
      ...{
        share: "\\\\server\\team\\b.csv",
        folder: "/srv/data/",
        relative: "data/a.csv",
        repo: "me/films",
        n: 1,
      },
    },
    weights: [{ repo: "/home/ann/weights/model.safetensors", under: "a/b" }],
    none: ["file:///a/100%", "file://a b/c d"],
  };
  assertEquals(published(settings), {
    data: {
      ...{ file: "my films.csv", separator: "/", other: "a.csv", share: "b.csv", folder: "data" },
      ...{ relative: "data/a.csv", repo: "me/films", n: 1 },
    },
    weights: [{ repo: "model.safetensors", under: "a/b" }],
    none: ["100%", "c d"],
  });
});

Deno.test("a run without an evaluated epoch claims no score", () => {
  const { best: _, ...rest } = facts;
  const card = modelCard(rest);
  assert(!card.includes("model-index"));
  assertStringIncludes(card, "No epoch was evaluated");
  assertEquals(card.match(/^## Metrics$/gm)?.length, 1);
});
