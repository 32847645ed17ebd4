/** What `export --to safetensors` writes, opened by the programs that it is for. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { InputSpec } from "../../src/data/source.ts";
import { loadRun } from "../../src/cli/recipes.ts";
import { runFiles } from "../../src/train/run.ts";
import { film } from "../../src/data/drawn.ts";
import { encodePng } from "../../src/data/drawn/png.ts";
import { random } from "../../src/base/random.ts";
import { pythonTest } from "../python.ts";
import { type Place, quickstart, small, withPlace } from "./command_line.ts";

/** A recipe that reads these modalities. */
const recipeOf = (seen: readonly string[]) =>
  `import quickstart, { model } from ${JSON.stringify(quickstart)};
   export default { ...quickstart, model: model(${JSON.stringify(seen)}) };`;

/** Trains a recipe that reads these modalities by a step and exports it; gives the folder. */
async function exported(
  { folder, done }: Place,
  seen: readonly string[],
  ...more: string[]
): Promise<string> {
  await Deno.writeTextFile(`${folder}/own.ts`, recipeOf(seen));
  await done([
    "train",
    "own.ts",
    "--engine",
    "portable",
    ...small,
    "--max-steps",
    "1",
    "--run",
    "run",
    ...more,
  ]);
  await done(["export", "run", "--to", "safetensors", "--license", "mit"]);
  return `${folder}/run/safetensors`;
}

const modalities = [["image", "text"], ["image"], ["text"]] as const;

for (const seen of modalities) {
  Deno.test(`config, card and files of a model of ${seen.join(" and ")} name the inputs that it reads`, async () => {
    await withPlace(async (place) => {
      const out = await exported(place, seen), read = (name: string) => Deno.readTextFile(`${out}/${name}`);
      const inputs: Record<string, InputSpec> = JSON.parse(await read("config.json")).inputs;
      const expected = seen.flatMap((each) => each === "image" ? ["image"] : ["ids", "mask"]);
      assertEquals(Object.keys(inputs), expected);
      const card = await read("README.md");
      assertStringIncludes(card, `- Inputs: ${expected.map((name) => `\`${name}\``)[0]}`);
      assertStringIncludes(card, 'license: "mit"');
      for (
        const [name, modality] of [["preprocessor_config.json", "image"], ["tokenizer_config.json", "text"]]
      ) {
        const has = (seen as readonly string[]).includes(modality);
        assertEquals(card.includes(name), has);
        assertEquals([...Deno.readDirSync(out)].some((entry) => entry.name === name), has);
      }
    });
  });
}

for (const seen of [["image"], ["text"]] as const) {
  const [modality] = seen,
    own = modality === "image" ? "poster" : "plot",
    other = own === "poster" ? "plot" : "poster";
  Deno.test(`predict wants the ${own} alone of a model that reads it alone, of one example and of many`, async () => {
    await withPlace(async (place) => {
      await exported(place, seen);
      const { folder, say, done } = place;
      await Deno.writeFile(
        `${folder}/a.png`,
        encodePng({ width: 2, height: 3, data: new Uint8ClampedArray(18) }),
      );
      const values = { poster: "a.png", plot: "A film." }, engine = ["--engine", "portable"];
      const one = async (...names: ("poster" | "plot")[]) =>
        JSON.parse(
          (await done([
            "predict",
            "run",
            "--json",
            ...engine,
            ...names.flatMap((name) => [`--${name}`, values[name]]),
          ]))
            .stdout,
        );
      const labels = await one(own);
      assertEquals(await one(own, other), labels);
      await Deno.writeTextFile(`${folder}/rows.csv`, `${own}\n${values[own]}\n`);
      await Deno.writeTextFile(`${folder}/rows.jsonl`, JSON.stringify({ [own]: values[own] }) + "\n");
      for (const file of ["rows.csv", "rows.jsonl"]) {
        const { stdout } = await done(["predict", "run", "--in", file, ...engine]);
        assertEquals(JSON.parse(stdout).labels, labels);
      }
      const refused = async (args: readonly string[], says: string) => {
        const said = await say(["predict", "run", ...args, ...engine]);
        assertEquals([said.code, said.stdout], [2, ""], said.stderr);
        assertStringIncludes(said.stderr, says);
      };
      await refused([`--${other}`, values[other]], `found no --${own}`);
      await refused([`--${own}`, values[own], "--explain"], `the model reads the ${own} alone`);
    });
  });
}

const program = `
import json, sys, warnings
warnings.filterwarnings("ignore")
from PIL import Image
from huggingface_hub import ModelCard
from safetensors.numpy import load_file
from transformers import AutoImageProcessor, AutoTokenizer
folder, picture, text = sys.argv[1:]
data = ModelCard.load(folder + "/README.md").data
image = AutoImageProcessor.from_pretrained(folder)(Image.open(picture), return_tensors="np")["pixel_values"][0]
words = AutoTokenizer.from_pretrained(folder)(text, padding="max_length", truncation=True)
print(json.dumps({
  "head": [data.license, data.library_name, data.pipeline_tag, data.model_name, data.tags],
  "scores": [[r.task_type, r.dataset_name, r.dataset_split, r.metric_type, r.metric_name, r.metric_value] for r in data.eval_results],
  "image": image.transpose(1, 2, 0).flatten().tolist(),
  "ids": words["input_ids"], "mask": words["attention_mask"],
  "names": len(load_file(folder + "/model.safetensors")),
}))`;

for (const resize of [[], ["--set", "data.resize=20"]]) {
  await pythonTest(
    `huggingface_hub parses the card, transformers prepares as the run does${
      resize.length ? ", cutting out" : ""
    }`,
    ["huggingface_hub", "transformers", "safetensors", "PIL"],
    (python) =>
      withPlace(async (place) => {
        const out = await exported(place, ["image", "text"], ...resize);
        const { integer } = random(1, "picture"), width = 41, height = 31, text = film(1, 3).plot;
        const data = Uint8ClampedArray.from({ length: width * height * 3 }, () => integer(256));
        const shown = encodePng({ width, height, data });
        await Deno.writeFile(`${place.folder}/a.png`, shown);
        const said = JSON.parse(await python(program, out, `${place.folder}/a.png`, text));
        const { recipe } = await loadRun(`${place.folder}/run`, { recipe: `${place.folder}/own.ts` });
        const read = await recipe.data.made.reader(runFiles(`${place.folder}/run`).reader);
        const { image, ids, mask } = await read([{ image: shown, text }]);
        assertEquals([said.ids, said.mask], [[...ids.data], [...mask.data]]);
        const off = Math.max(...image.data.map((x, i) => Math.abs(x - said.image[i])));
        assertEquals([said.image.length, off < 1e-5], [image.data.length, true], `${off} off`);
        assertEquals(said.head, [
          ...["mit", "onesheet", "image-classification", "quickstart"],
          ["onesheet", "multimodal", "multi-label-classification"],
        ]);
        assertEquals(said.scores.map((row: unknown[]) => row.slice(0, 5)), [
          ...["macro-F1", "micro-F1", "weighted-F1", "samples-F1"].map((name) => [
            ...["image-classification", "drawnFilms", "validation", "f1", name],
          ]),
        ]);
      }),
  );
}
