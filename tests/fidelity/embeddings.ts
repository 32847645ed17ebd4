/** Published BERT files: their names, our tokenizer on their vocabulary, and what transformers gives for sentences. */
import { int32 } from "../../src/base/value.ts";
import { loadTokenizer } from "../../src/data/tokens.ts";
import { build, type ModelFunction } from "../../src/dsl/build.ts";
import { bertEncoder, concat, firstToken, linear, meanTokens, tanh } from "../../layers/mod.ts";
import { loadInto } from "../../src/store/load.ts";
import { bertNames } from "../../src/store/rename.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { predictionStep } from "../../src/train/step.ts";
import { type Check, type Context, largest, readJson } from "./check.ts";

/** What `tests/golden/bert/make.py` wrote. */
interface Golden {
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly hidden: number;
  readonly positions: number;
  readonly tokens: number;
  readonly sentences: readonly string[];
  readonly mean: readonly (readonly number[])[];
  readonly pooled: readonly (readonly number[])[] | null;
}

/** The mean of the last hidden states, and behind it the pooler's output where there is one. */
const sentenceModel = ({ pooled, tokens: _, ...shape }: Golden): ModelFunction => ({ ids, mask }, at) => {
  const hidden = bertEncoder(shape)({ ids, mask }, at);
  const mean = meanTokens()({ tokens: hidden, mask }, at("mean"));
  if (pooled === null) return mean;
  return concat([mean, tanh(linear(shape.width)(firstToken(hidden), at("pooler")("dense")))]);
};

/** The largest difference over all sentences and numbers. */
async function difference({ engine }: Context, folder: string, vocabulary: string): Promise<number> {
  const golden = readJson<Golden>(`${folder}/golden.json`);
  const { sentences, tokens, mean, pooled } = golden;
  const built = build(sentenceModel(golden), { ids: ["batch", tokens], mask: ["batch", tokens] });
  const tokenizer = await loadTokenizer(vocabulary);
  const { ids, mask } = tokenizer!.encode(sentences, tokens);
  using memory = (await engine()).memory();
  using file = await openSafetensors(`${folder}/model.safetensors`);
  await loadInto(memory, built, file, { strict: true, rename: bertNames });
  const shape = [sentences.length, tokens];
  const { logits } = await memory.compile(predictionStep(built)).run({
    ids: int32(shape, ids),
    mask: int32(shape, mask),
  });
  return largest(logits.data, mean.flatMap((row, i) => [...row, ...pooled?.[i] ?? []]));
}

/** Of the committed small file with published names, and of a real one in a folder. */
export async function embeddings(context: Context): Promise<Check[]> {
  const { goldens, bert } = context;
  const real = bert === undefined
    ? { needs: "--bert DIR" }
    : { difference: await difference(context, bert, bert) };
  return [
    {
      detail:
        "a BERT file with published names (`bert.`, gamma, beta, heads) loads; its embeddings of 8 sentences",
      against: "transformers 5.23.0, random weights",
      difference: await difference(context, `${goldens}/bert`, `${goldens}/tokens`),
      limit: 1e-5,
      unit: "absolute",
    },
    {
      detail: "a pretrained BERT loads the same way; its embeddings of 8 sentences",
      against: "transformers 5.23.0, real weights",
      ...real,
      limit: 1e-4,
      unit: "absolute",
    },
  ];
}
