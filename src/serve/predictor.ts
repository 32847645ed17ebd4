/** A run as a function: examples to the probabilities of its labels. What `predict` and `serve` share. */
import type { Value, Values } from "../base/value.ts";
import type { Example } from "../data/source.ts";
import { loadTokenizer } from "../data/tokens.ts";
import { loadInto } from "../store/load.ts";
import type { Engine } from "../tensor.ts";
import { demandFinite, openBest } from "../train/best.ts";
import { withRunLabels } from "../train/labels.ts";
import { demandTables, lookupGuard } from "../train/lookups.ts";
import type { Recipe } from "../train/recipe.ts";
import { readLabels, runFiles } from "../train/run.ts";
import { plan } from "../train/start.ts";
import { predictionStep } from "../train/step.ts";
import { type Field, fieldsOf } from "./fields.ts";

/** An example made ready for the model: its inputs by name, each with a first axis of 1. */
export type Prepared = Values;

/** A run that answers. Disposing of it frees the engine's memory. */
export interface Predictor extends Disposable {
  /** In the order of the probabilities. */
  readonly labels: readonly string[];
  /** What of an example the model reads. */
  readonly fields: readonly Field[];
  /** How many tokens a text is, at most `most` + 1; undefined where the run keeps no vocabulary. */
  countTokens(text: string, most: number): number | undefined;
  /** Decodes and tokenizes one example. Throws `OnesheetError` where the image cannot be decoded. */
  prepare(example: Example): Promise<Prepared>;
  /** The probabilities of each example, `[labels]`; one call is one batch. */
  predict(examples: readonly Prepared[]): Promise<Float32Array[]>;
}

/** Batches are filled up to a power of two, because every size is a graph of its own. */
const filledUp = (rows: number): number => 2 ** Math.ceil(Math.log2(rows));

/** The inputs of one batch; its last example is repeated up to `rows`. */
function stacked(examples: readonly Prepared[], rows: number): Values {
  const all = Array.from({ length: rows }, (_, i) => examples[Math.min(i, examples.length - 1)]);
  const stack = (values: readonly Value[]): Value => {
    const [{ shape: [, ...rest], data: { length } }] = values;
    const put = <A extends Float32Array | Int32Array>(out: A): A => {
      values.forEach(({ data }, i) => out.set(data, i * length));
      return out;
    };
    const shape = [rows, ...rest];
    return values[0].dtype === "int32"
      ? { dtype: "int32", shape, data: put(new Int32Array(rows * length)) }
      : { dtype: "float32", shape, data: put(new Float32Array(rows * length)) };
  };
  return Object.fromEntries(
    Object.keys(examples[0]).map((name) => [name, stack(all.map((each) => each[name]))]),
  );
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Opens a run's best weights in an engine's memory.
 *
 * Errors: a run without labels or weights, files that are not as training wrote them, weights that are not the recipe's, a source that cannot read single
 * examples.
 */
export async function openPredictor(folder: string, recipe: Recipe, engine: Engine): Promise<Predictor> {
  const { reader } = runFiles(folder);
  using file = await openBest(folder);
  const read = await recipe.data.made.reader(reader);
  const planned = plan(await withRunLabels(recipe, folder)), { model } = planned;
  const labels = await readLabels(folder);
  const tokenizer = await loadTokenizer(reader);
  demandTables(planned, tokenizer && { ids: tokenizer.size }, `"${reader}"`);
  const memory = engine.memory();
  try {
    await loadInto(memory, model, file, { strict: true });
  } catch (error) {
    memory[Symbol.dispose]();
    throw error;
  }
  const program = memory.compile(predictionStep(model)), guarded = lookupGuard(model);
  return {
    labels,
    fields: fieldsOf(model.reads),
    countTokens: (text, most) => tokenizer?.encode([text], most + 1).mask.reduce((sum, one) => sum + one, 0),
    prepare: (example) => read([example]),
    predict: async (examples) => {
      const { logits } = await program.run(guarded(stacked(examples, filledUp(examples.length))));
      demandFinite("predict", logits);
      const { length } = labels;
      return examples.map((_, i) =>
        Float32Array.from(logits.data.subarray(i * length, (i + 1) * length), sigmoid)
      );
    },
    [Symbol.dispose]: () => memory[Symbol.dispose](),
  };
}
