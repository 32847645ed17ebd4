/** A model card: what a run's model is, what it was trained on, how good it is and what it is not for. */

import { markdownRow } from "./table.ts";

/** Scores of one label. */
interface LabelRow {
  readonly label: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

/** What a card is written from. */
export interface CardFacts {
  /** Of the recipe. */
  readonly name: string;
  /** The version that trained it. */
  readonly version: string;
  /** The settings of the recipe, as they are saved. */
  readonly settings: unknown;
  /** Name and settings of its data. */
  readonly data: { readonly name: string };
  /** Inputs by name, with their shapes and types. */
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly dtype: string }>>;
  /** Numbers it has, and how many learnt. */
  readonly parameters: { readonly total: number; readonly trainable: number };
  /** What it started from: `hub`, `random` or a file. */
  readonly weights: string;
  /** The engine that trained it. */
  readonly engine: string;
  /** The epoch whose weights these are; none where no epoch was evaluated. */
  readonly best?: {
    readonly epoch: number;
    readonly macro_f1: number;
    readonly micro_f1: number;
    readonly weighted_f1: number;
    readonly samples_f1: number;
    readonly val_loss: number;
    readonly per_label: readonly LabelRow[];
  };
}

const count = (n: number): string => n.toLocaleString("en-US");

/** A name as Markdown that shows it as it is: neither HTML nor marks, in one line. */
const plain = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]#|~$!]/g, "\\$&")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll(/\s+/g, " ");

/** A name as code. */
const code = (text: string): string => `\`${text.replaceAll("`", "'").replaceAll(/\s+/g, " ")}\``;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map(markdownRow).join("\n");

/** The block at the top that the hub reads: YAML, in which JSON texts are texts. */
function metadata({ name, data, best }: CardFacts): string {
  const scores = best === undefined ? [] : [
    ...[["f1_macro", best.macro_f1], ["f1_micro", best.micro_f1]].map(([type, value]) =>
      `          - { type: f1, name: ${type}, value: ${value} }`
    ),
  ];
  return [
    "---",
    "library_name: onesheet",
    "tags: [onesheet, multimodal, multi-label-classification]",
    ...best === undefined ? [] : [
      "model-index:",
      `  - name: ${JSON.stringify(name)}`,
      "    results:",
      "      - task: { type: other, name: multi-label classification of images and texts }",
      `        dataset: { type: ${JSON.stringify(data.name)}, name: ${JSON.stringify(data.name)} }`,
      "        metrics:",
      ...scores,
    ],
    "---",
  ].join("\n");
}

function metrics({ best }: CardFacts): string {
  if (best === undefined) return "No epoch was evaluated: nothing is known of its quality.";
  const scores = [best.macro_f1, best.micro_f1, best.weighted_f1, best.samples_f1, best.val_loss];
  return [
    `On the validation rows, after epoch ${best.epoch}; a label is predicted above a probability of 0.5.`,
    "",
    table(["macro-F1", "micro-F1", "weighted-F1", "samples-F1", "loss"], [scores.map((x) => x.toFixed(4))]),
    "",
    table(
      ["label", "precision", "recall", "F1", "rows with it"],
      best.per_label.map(({ label, precision, recall, f1, support }) => [
        plain(label),
        ...[precision, recall, f1].map((x) => x.toFixed(3)),
        String(support),
      ]),
    ),
  ].join("\n");
}

/** The card, in Markdown. */
export function modelCard(facts: CardFacts): string {
  const { name, version, settings, data, inputs, parameters, weights, engine } = facts;
  const given = Object.entries(inputs).map(([input, { shape, dtype }]) =>
    `${code(input)} ${dtype} [batch, ${shape.join(", ")}]`
  );
  return `${metadata(facts)}

# ${plain(name)}

A classifier of images with texts into labels of which several may hold at once, trained by Onesheet ${version}.

- Inputs: ${given.join(", ")}
- Parameters: ${count(parameters.total)}, of which ${count(parameters.trainable)} were trained
- Started from: ${
    weights === "hub"
      ? "pretrained weights, see the settings"
      : weights === "random"
      ? "random numbers"
      : "weights in a file"
  }
- Trained on: ${plain(engine)}

\`model.safetensors\` holds the parameters under PyTorch's names and in PyTorch's shapes, \`tokenizer.json\` the
vocabulary, \`config.json\` the labels in the order of the outputs, how inputs are prepared, and all settings.

## Data

${code(data.name)}, split by its seed; the settings below have all of it.

## Metrics

${metrics(facts)}

## Limits

- The validation rows also chose the epoch, so their scores are a little better than those of new data.
- It knows the labels above and no others, and was not tested on images or texts of another kind than its data's.
- Labels with few rows have scores that say little. Nobody has examined it for bias.

## Settings

\`\`\`json
${JSON.stringify(settings, null, 2)}
\`\`\`
`;
}
