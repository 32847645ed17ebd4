/** Three steps on three batches (tests/golden/steps): what moves although a batch says nothing of it. */
import { float32, int32, type Value, type Values } from "../../src/base/value.ts";
import { sized } from "../../src/cli/parity.ts";
import { loadInto } from "../../src/store/load.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { readBatch } from "../../src/train/parity.ts";
import { clearMoments, plan } from "../../src/train/start.ts";
import { evaluationStep, trainStep } from "../../src/train/step.ts";
import { type Check, type Context, largest, most } from "./check.ts";
import { PYTORCH } from "./twin.ts";

/** Large enough to show: the published one, 1e-5 times a rate of 1e-4, leaves every float32 as it is. */
const DECAY = 0.1;

const STEPS = [0, 1, 2];

/** What the steps came to, here and there. */
interface Moved {
  readonly golden: Values;
  /** Watched arrays before the first step. */
  readonly before: Values;
  /** And after each. */
  readonly after: readonly Values[];
  readonly losses: readonly number[];
  readonly validation: number;
}

async function readAll(path: string): Promise<Values> {
  using file = await openSafetensors(path);
  const values: Record<string, Value> = {};
  for (const name of file.entries.keys()) values[name] = await file.read(name);
  return values;
}

async function run({ goldens, engine }: Context): Promise<Moved> {
  const { recipe } = sized("tiny");
  const optimizer = recipe.optimizer.with({ weightDecay: DECAY }).made;
  const parts = { ...plan(recipe), loss: recipe.loss.made, labelSmoothing: recipe.labelSmoothing, optimizer };
  const golden = await readAll(`${goldens}/steps/steps.safetensors`);
  const batch = await readBatch(`${goldens}/mini`);
  const watched = Object.keys(golden).filter((name) => name.startsWith("after/0/")).map((name) =>
    name.slice(8)
  );

  using memory = (await engine()).memory();
  using weights = await openSafetensors(`${goldens}/mini/weights.safetensors`);
  await loadInto(memory, parts.model, weights, { strict: true });
  await clearMoments(memory, parts, optimizer);
  const state = async () =>
    Object.fromEntries(
      await Promise.all(watched.map(async (name) => [name, await memory.get(name)] as const)),
    );
  const before = await state();
  const { loss: validation } = await memory.compile(evaluationStep(parts)).run(batch);
  const train = memory.compile(trainStep(parts));
  const after: Values[] = [], losses: number[] = [];
  for (const t of STEPS) {
    const { shape, data } = batch.image;
    const scalars = Object.entries(optimizer.scalars(golden.rates.data[t], t + 1));
    const { loss } = await train.run({
      ...batch,
      image: float32(shape, Float32Array.from(data, (x) => x * golden.scales.data[t])),
      ids: int32(batch.ids.shape, golden[`ids/${t}`].data as Int32Array),
      ...Object.fromEntries(scalars.map(([name, x]) => [name, float32([], [x])])),
    });
    losses.push(loss.data[0]);
    after.push(await state());
  }
  return { golden, before, after, losses, validation: validation.data[0] };
}

/** Some rows of a watched array. */
interface Part {
  readonly name: string;
  /** The first row, and the one behind the last; all rows unless given. */
  readonly rows?: readonly [from: number, to: number];
}

function partOf(values: Values, { name, rows }: Part, prefix = ""): Float32Array {
  const { shape, data } = values[prefix + name];
  const size = data.length / shape[0], [from, to] = rows ?? [0, shape[0]];
  return data.slice(from * size, to * size) as Float32Array;
}

/** How far a part is from PyTorch's after a step. */
const off = ({ golden, after }: Moved, part: Part, t: number): number =>
  largest(partOf(after[t], part), partOf(golden, part, `after/${t}/`));

/** The same after every step. */
const offAlways = (moved: Moved, parts: readonly Part[]): number =>
  most(parts.flatMap((part) => STEPS.map((t) => off(moved, part, t))));

/** How far a part went in a step. */
const way = ({ before, after }: Moved, part: Part, t: number): number =>
  largest(partOf(after[t], part), partOf(t === 0 ? before : after[t - 1], part));

/** Whether a part has become what decay alone makes of it, and another than it was. */
function decayed({ before, after, golden }: Moved, part: Part): boolean {
  const factor = Array.from(golden.rates.data).reduce((product, rate) => product * (1 - rate * DECAY), 1);
  const [was, is] = [partOf(before, part), partOf(after[2], part)];
  return largest(is, Array.from(was, (x) => x * factor)) < 1e-6 && largest(is, was) > 1e-6;
}

/** The difference where what the detail says did happen; otherwise infinite. */
const where = (happened: boolean, difference: number): number => happened ? difference : Infinity;

const TABLE = "text_backbone.embeddings.word_embeddings.weight";

/** Rows of words that the batch before had and this one has not, by step. */
function absent({ golden }: Moved): (readonly [t: number, row: Part])[] {
  const seen = STEPS.map((t) => new Set(golden[`ids/${t}`].data));
  return [1, 2].flatMap((t) =>
    [...seen[t - 1]].filter((word) => word !== 0 && !seen[t].has(word))
      .map((word) => [t, { name: TABLE, rows: [word, word + 1] }] as const)
  );
}

/** The query and key thirds of the fusion's attention. */
const queriesAndKeys = ({ before }: Moved): Part[] =>
  ["self_attention.in_proj_weight", "self_attention.in_proj_bias"].map((name) => ({
    name,
    rows: [0, before[name].shape[0] * 2 / 3],
  }));

/** Measures the details of {@link run}. */
export async function moves(context: Context): Promise<Check[]> {
  const moved = await run(context);
  const { golden, before, losses, validation } = moved;
  const statistics = Object.keys(before).filter((name) => name.includes("running_")).map((name) => ({
    name,
  }));
  const frozen = statistics.filter(({ name }) => !name.includes("layer4"));
  const gone = absent(moved), padding: Part = { name: TABLE, rows: [0, 1] }, still = queriesAndKeys(moved);
  const rows: readonly (readonly [detail: string, difference: number, limit: number])[] = [
    ["validation uses the hard labels", Math.abs(validation - golden.validation.data[0]), 1e-6],
    [
      "losses of three different batches at three rates",
      largest(losses, STEPS.map((t) => golden[`loss/${t}`].data[0])),
      1e-6,
    ],
    [
      `frozen BatchNorm: running statistics (${frozen.length} arrays) move on each step, momentum 0.1, unbiased variance`,
      where(frozen.every((part) => way(moved, part, 0) > 1e-3), offAlways(moved, frozen)),
      1e-5,
    ],
    [
      `learning BatchNorm: the same (${statistics.length - frozen.length} arrays)`,
      offAlways(moved, statistics.filter((part) => !frozen.includes(part))),
      1e-5,
    ],
    [
      "the [PAD] embedding row has no gradient and only decays",
      where(decayed(moved, padding), offAlways(moved, [padding])),
      1e-6,
    ],
    [
      `embedding rows absent from a batch still move by their moments (${gone.length} rows)`,
      where(
        gone.every(([t, row]) => way(moved, row, t) > 1e-5),
        most(gone.map(([t, row]) => off(moved, row, t))),
      ),
      1e-6,
    ],
    [
      "queries and keys at length 1 have gradients of exactly zero and still decay",
      where(still.every((part) => decayed(moved, part)), offAlways(moved, still)),
      1e-6,
    ],
  ];
  return rows.map(([detail, difference, limit]) => ({
    detail,
    against: PYTORCH,
    difference,
    limit,
    unit: "absolute",
  }));
}
