import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type CardFacts, modelCard } from "../../src/report/model_card.ts";
import { published } from "../../src/report/published.ts";

const facts: CardFacts = {
  name: "films",
  version: "0.1.0",
  settings: { name: "films", data: { name: "csvFolder", file: "films.csv" }, batchSize: 16 },
  data: { name: "csvFolder" },
  inputs: { image: { shape: [48, 48, 3], dtype: "float32" }, ids: { shape: [16], dtype: "int32" } },
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

Deno.test("a card has what the hub reads, the data, the scores by label, the limits and the settings", () => {
  const card = modelCard(facts);
  const [, block] = card.split("---\n");
  assertStringIncludes(block, '  - name: "films"\n');
  assertStringIncludes(block, "{ type: f1, name: f1_macro, value: 0.5 }");
  for (
    const part of [
      "`image` float32 [batch, 48, 48, 3], `ids` int32 [batch, 16]",
      "Parameters: 12,345, of which 345 were trained",
      "| 0.5000 | 0.6250 | 0.6000 | 0.5500 | 0.1250 |",
      "| sci\\|fi | 1.000 | 0.500 | 0.667 | 4 |",
      "## Data\n\n`csvFolder`",
      "## Limits\n",
      '"batchSize": 16',
    ]
  ) assertStringIncludes(card, part);
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
