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

/** What a model was trained on. */
export interface CardData {
  /** What its author calls it: a repository, or the name of a file or folder. */
  readonly name: string;
  /** The kind of its source. */
  readonly source: string;
  /** Whether the name is that of a data set on the hub. */
  readonly onHub: boolean;
}

/** What a card is written from. */
export interface CardFacts {
  /** Of the recipe. */
  readonly name: string;
  /** The version that trained it. */
  readonly version: string;
  /** The settings of the recipe, as they may be published. */
  readonly settings: unknown;
  readonly data: CardData;
  /** By the hub's name for it. */
  readonly license: string;
  /** The inputs that the model reads by name, with their shapes and types. */
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly dtype: string }>>;
  /** Numbers it has, and how many were trained. */
  readonly parameters: { readonly total: number; readonly trainable: number };
  /** What it started from: `hub`, `random` or a file. */
  readonly weights: string;
  /** Repositories of the hub that it started from. */
  readonly pretrained: readonly string[];
  /** The engine that trained it. */
  readonly engine: string;
  /** Names of the files beside the card. */
  readonly files: readonly string[];
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

/** A text as a block of code, whose fence is longer than any in it. */
function block(language: string, text: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map(markdownRow).join("\n");

const looks = ({ inputs }: CardFacts): boolean => Object.hasOwn(inputs, "image");
const reads = ({ inputs }: CardFacts): boolean => Object.hasOwn(inputs, "ids");

/** What the model tells labels of, in words. */
const subject = (facts: CardFacts): string =>
  looks(facts) === reads(facts) ? "images with texts" : looks(facts) ? "images" : "texts";

/** The block at the top that the hub reads, as YAML: values in JSON are YAML. */
function metadata(facts: CardFacts): string {
  const { name, license, data, pretrained, best } = facts;
  const modality = subject(facts) === "images with texts" ? ["multimodal"] : [];
  const scores = best && {
    "macro-F1": best.macro_f1,
    "micro-F1": best.micro_f1,
    "weighted-F1": best.weighted_f1,
    "samples-F1": best.samples_f1,
  };
  const fields = {
    license,
    library_name: "onesheet",
    pipeline_tag: looks(facts) ? "image-classification" : "text-classification",
    tags: ["onesheet", ...modality, "multi-label-classification"],
    ...data.onHub && { datasets: [data.name] },
    ...pretrained.length > 0 && { base_model: pretrained },
    metrics: ["f1"],
    ...scores && {
      "model-index": [{
        name,
        results: [{
          task: {
            type: looks(facts) ? "image-classification" : "text-classification",
            name: "Multi-label classification",
          },
          dataset: { type: data.onHub ? data.name : data.source, name: data.name, split: "validation" },
          metrics: Object.entries(scores).map(([name, value]) => ({ type: "f1", name, value })),
        }],
      }],
    },
  };
  const lines = Object.entries(fields).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return ["---", ...lines, "---"].join("\n");
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

/** How the files are used from Python. */
function usage({ files, inputs }: CardFacts): string {
  const [images, texts] = ["preprocessor_config.json", "tokenizer_config.json"].map((name) =>
    files.includes(name)
  );
  const { shape: [pixels] = [] } = inputs.image ?? { shape: [] };
  const processors = [...images ? ["AutoImageProcessor"] : [], ...texts ? ["AutoTokenizer"] : []];
  return block(
    "python",
    [
      "import json",
      ...images ? ["from PIL import Image"] : [],
      "from safetensors.torch import load_file",
      ...processors.length > 0 ? [`from transformers import ${processors.join(", ")}`] : [],
      "",
      'folder = "."  # or huggingface_hub.snapshot_download("owner/name")',
      ...images
        ? [
          "processor = AutoImageProcessor.from_pretrained(folder)",
          `image = processor(Image.open("image.jpg"), return_tensors="pt").pixel_values  # [1, 3, ${pixels}, ${pixels}]`,
        ]
        : [],
      ...texts
        ? [
          "tokenizer = AutoTokenizer.from_pretrained(folder)",
          'text = tokenizer("A text.", padding="max_length", truncation=True, return_tensors="pt")',
          "ids, mask = text.input_ids, text.attention_mask",
        ]
        : [],
      'weights = load_file(f"{folder}/model.safetensors")  # for load_state_dict of a module with these names',
      'labels = json.load(open(f"{folder}/config.json"))["id2label"]  # of sigmoid(logits), by position',
    ].join("\n"),
  );
}

const started = ({ weights, pretrained }: CardFacts): string => {
  if (weights === "random") return "random numbers";
  if (weights !== "hub") return "weights in a file";
  return pretrained.length > 0 ? pretrained.map(code).join(", ") : "pretrained weights, see the settings";
};

/** The card, in Markdown. */
export function modelCard(facts: CardFacts): string {
  const { name, version, settings, data, license, inputs, parameters, engine, files } = facts;
  const given = Object.entries(inputs).map(([input, { shape, dtype }]) =>
    `${code(input)} ${dtype} [batch, ${shape.join(", ")}]`
  );
  const has = (file: string, what: string) => files.includes(file) ? [`- \`${file}\`: ${what}`] : [];
  return `${metadata(facts)}

# ${plain(name)}

A classifier of ${
    subject(facts)
  } into labels of which several may hold at once, trained by Onesheet ${version}.

- Inputs: ${given.join(", ")}
- Parameters: ${count(parameters.total)}, of which ${count(parameters.trainable)} were trained
- Started from: ${started(facts)}
- Trained on: ${plain(engine)}
- License: ${license === "unknown" ? "not stated by its author" : plain(license)}

## Files

${
    [
      ...has("model.safetensors", "the parameters under PyTorch's names and in PyTorch's shapes"),
      ...has(
        "config.json",
        "the labels in the order of the outputs, the shapes of the inputs, and all settings",
      ),
      ...has("preprocessor_config.json", "how an image is prepared, for transformers"),
      ...has("tokenizer.json", "the vocabulary, for tokenizers"),
      ...has("tokenizer_config.json", "how a text is cut and padded, for transformers"),
    ].join("\n")
  }

## Usage

${usage(facts)}

The model itself is the recipe in the settings below; Onesheet runs it. \`export --to savedmodel\` and \`--to tfjs\`
of the run give graphs that TensorFlow and TensorFlow.js run.

## Data

${code(data.name)}, read by ${code(data.source)} and split as the settings below say.

## Metrics

${metrics(facts)}

## Limits

- The validation rows also chose the epoch, so their scores are a little better than those of new data.
- It knows the labels above and no others, and was not tested on images or texts of another kind than its data's.
- Labels with few rows have scores that say little. Nobody has examined it for bias.

## Settings

${block("json", JSON.stringify(settings, null, 2))}
`;
}
