/** The same chances: where and how often is dropped, what logits come of it, and what first weights are like. */
import { int32 } from "../../src/base/value.ts";
import { sized } from "../../src/cli/parity.ts";
import { build } from "../../src/dsl/build.ts";
import { loadInto } from "../../src/store/load.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import type { Step } from "../../src/tensor.ts";
import { readBatch } from "../../src/train/parity.ts";
import { firstValue, plan } from "../../src/train/start.ts";
import { posterAndPlot, type Size } from "../../recipes/mmimdb.ts";
import {
  attentions,
  dropoutPass,
  keptHeads,
  keptProbabilities,
  offRate,
  plain,
} from "../recipes/dropout_places.ts";
import { type Check, type Context, differing, type Measure, most, readJson } from "./check.ts";

/** Standard errors; the seeds are fixed, so what passes once always does. One number in 16,000 is beyond by chance. */
const LIMIT = 4;

const places: Measure = async () => {
  const drawn = await dropoutPass(1);
  const heads = keptHeads(drawn.get("self_attention")!, 1);
  const shares: readonly (readonly [values: readonly number[], rate: number])[] = [
    ...[...plain].map(([path, rate]) => [Array.from(drawn.get(path)!.output), rate] as const),
    ...attentions.map((path) => [keptProbabilities(drawn.get(path)!), 0.1] as const),
    [heads.map(([first]) => first), 0.1],
  ];
  const whole = heads.every((head) => new Set(head).size === 1);
  return [
    {
      detail:
        "dropout is live, in frozen modules too: embeddings, attention probabilities, attention output, FFN output " +
        "of each BERT layer, fusion, head; none after the pooler",
      against: "the notebook",
      difference: differing(
        [...drawn.keys()].sort(),
        [...plain.keys(), ...attentions, "self_attention"].sort(),
      ),
      limit: 0,
      unit: `of ${shares.length} places`,
    },
    {
      detail: "dropout 0.1 in BERT and, once for each sample and head, in the fusion; 0.3 in the head",
      against: "the notebook",
      difference: whole ? most(shares.map(([values, rate]) => offRate(values, rate))) : Infinity,
      limit: LIMIT,
      unit: "standard errors",
    },
  ];
};

interface Logits {
  readonly passes: number;
  readonly mean: readonly number[];
  readonly meanError: readonly number[];
  readonly variance: readonly number[];
  readonly varianceError: readonly number[];
}

/** Passes of ours: fewer than PyTorch's 20,000, which then hardly count in the error. */
const PASSES = 1500;

/** Means over passes of the logits' powers about PyTorch's mean: `[logits]` for each of 1, 2, 4. */
async function moments({ goldens, engine }: Context, about: readonly number[]): Promise<number[][]> {
  const { model } = plan(sized("tiny").recipe);
  const { labels: _, ...batch } = await readBatch(`${goldens}/mini`);
  using memory = (await engine()).memory();
  using weights = await openSafetensors(`${goldens}/mini/weights.safetensors`);
  await loadInto(memory, model, weights, { strict: true });
  const step: Step = (state, { seed, ...inputs }) => ({
    outputs: { logits: model.apply(state, inputs, { training: true, seed }).output },
  });
  const program = memory.compile(step);
  const sums = [1, 2, 4].map((power) => ({ power, sum: about.map(() => 0) }));
  for (let seed = 0; seed < PASSES; seed++) {
    const { data } = (await program.run({ ...batch, seed: int32([], [seed]) })).logits;
    for (const { power, sum } of sums) about.forEach((mean, i) => sum[i] += (data[i] - mean) ** power);
  }
  return sums.map(({ sum }) => sum.map((x) => x / PASSES));
}

const logits: Measure = async (context) => {
  const golden = readJson<Logits>(`${context.goldens}/chance/dropout.json`);
  const [first, second, fourth] = await moments(context, golden.mean);
  const variance = second.map((x, i) => x - first[i] ** 2);
  const within = (off: number, ours: number, theirs: number) => Math.abs(off) / Math.hypot(ours, theirs);
  const rows = [
    [
      "mean",
      first.map((off, i) => within(off, Math.sqrt(variance[i] / PASSES), golden.meanError[i])),
    ],
    [
      "variance",
      variance.map((x, i) => {
        const error = Math.sqrt((fourth[i] - second[i] ** 2) / PASSES);
        return within(x - golden.variance[i], error, golden.varianceError[i]);
      }),
    ],
  ] as const;
  return rows.map(([what, found]): Check => ({
    detail: `${what} of each of ${found.length} logits under dropout, over ${
      PASSES.toLocaleString("en")
    } passes here and ${golden.passes.toLocaleString("en")} there`,
    against: "torch 2.13.0, transformers 5.23.0",
    difference: most(found),
    limit: LIMIT,
    unit: "standard errors",
  }));
};

/** As `SIZE` in tests/golden/chance/make.py: what is new in the system, in sizes whose shares tell. */
const middling: Size = {
  image: { blocks: [1, 1, 1, 1], width: 8 },
  text: { vocabulary: 97, width: 96, layers: 3, heads: 4, hidden: 64, positions: 32 },
  projection: 48,
  heads: 8,
};

/** What a parameter is like in PyTorch: one value, or uniform numbers. */
type First = { readonly always: number } | {
  readonly count: number;
  readonly largest: number;
  readonly square: number;
};

function initialization({ goldens }: Context): Promise<Check[]> {
  const golden = readJson<Record<string, First>>(`${goldens}/chance/init.json`);
  const inputs = { image: ["batch", 32, 32, 3], ids: ["batch", 8], mask: ["batch", 8] } as const;
  const { params } = build((inputs, at) => posterAndPlot(middling)(inputs, at, { numLabels: 26 }), inputs);
  const found = Object.entries(golden).map(([name, first]) => {
    const numbers = Array.from(firstValue(params.find((param) => param.name === name)!, 42).data);
    if ("always" in first) return numbers.every((x) => x === first.always) ? 0 : Infinity;
    const bound = most(numbers.map(Math.abs)),
      square = numbers.reduce((sum, x) => sum + x * x, 0) / first.count;
    // Both are the largest of n numbers: below the bound by a share of about 1 / n each.
    const beyond = Math.abs(bound / first.largest - 1) > 12 / first.count;
    // Squares of uniform numbers deviate by 0.894 of their mean.
    const error = Math.sqrt(2 * 0.8 / first.count);
    return numbers.length !== first.count || beyond ? Infinity : Math.abs(square / first.square - 1) / error;
  });
  return Promise.resolve([{
    detail:
      "initialisation: nn.Linear's default (kaiming uniform, a = √5), in_proj Xavier uniform, attention biases 0, " +
      `norms 1 and 0: bounds, and mean squares of ${found.length} parameters`,
    against: "torch 2.13.0",
    difference: most(found),
    limit: LIMIT,
    unit: "standard errors",
  }]);
}

/** Details of what is left to chance. */
export const chance: readonly Measure[] = [places, logits, initialization];
