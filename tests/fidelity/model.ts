/** The same model: names, shapes, what learns, what each layer and the whole compute. */
import { stateNames, summarize } from "../../src/dsl/summary.ts";
import { plan } from "../../src/train/start.ts";
import recipe from "../../recipes/mmimdb.ts";
import { cases, layerDifferences } from "../layers/goldens.ts";
import { type Check, type Context, differing, largest, type Measure, most, readJson } from "./check.ts";
import { embeddings } from "./embeddings.ts";
import { parityChecks } from "./twin.ts";

type Named = readonly [name: string, shape: readonly number[], kind: "trainable" | "frozen" | "buffer"];

function names({ goldens }: Context): Promise<Check[]> {
  const { model, trainable } = plan(recipe);
  const params = new Map(model.params.map((param) => [param.name, param]));
  const ours = stateNames(model).map(([name, home]): Named => {
    const { shape, kind } = params.get(home)!;
    return [name, shape, kind === "buffer" ? "buffer" : trainable.has(home) ? "trainable" : "frozen"];
  });
  const { parameters: { total, trainable: learning } } = summarize(model, trainable);
  return Promise.resolve([
    {
      detail:
        "state_dict: names, shapes, and what is trainable, frozen or a buffer; `classifier_ffn` under both its names",
      against: "torch 2.13.0, transformers 5.23.0, full size",
      difference: differing(
        ours.toSorted(([a], [b]) => a < b ? -1 : 1),
        readJson<readonly Named[]>(`${goldens}/mini/names.json`),
      ),
      limit: 0,
      unit: `of ${ours.length} names`,
    },
    {
      detail: "173,575,512 parameters, 94,153,496 trainable, 545 arrays",
      against: "the notebook",
      difference: largest([total, learning, model.params.length], [173_575_512, 94_153_496, 545]),
      limit: 0,
      unit: "absolute",
    },
  ]);
}

const layers: Measure = async ({ goldens, engine }) => {
  const opened = await engine();
  const found: number[] = [];
  for (const name of Object.keys(cases)) {
    const differences = await layerDifferences(opened, name, `${goldens}/layers`);
    found.push(...differences.map(([_, difference]) => difference));
  }
  return [{
    detail:
      "ResNet bottlenecks, BERT (exact GELU, LayerNorm 1e-12), SwiGLU, attention over 1, 2 and 7 tokens, fusion, " +
      "head: outputs, gradients, buffers",
    against: "torch 2.13.0, transformers 5.23.0",
    difference: most(found),
    limit: 5e-6,
    unit: `of each of ${found.length} arrays`,
  }];
};

const logits: Measure = (context) =>
  parityChecks(context, {
    "evaluation logits": { detail: "the whole system in evaluation, without dropout", unit: "absolute" },
    "training logits": {
      detail: "the whole system in training mode: every BatchNorm, frozen or not, on batch statistics",
      unit: "absolute",
    },
  });

/** Details of the model. */
export const model: readonly Measure[] = [names, layers, logits, embeddings];
