/** The same checkpoints: PyTorch's load here, ours have what PyTorch's have. */
import type { Value } from "../../src/base/value.ts";
import { sized } from "../../src/cli/parity.ts";
import { loadInto } from "../../src/store/load.ts";
import { saveModel } from "../../src/store/save.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { writeSafetensors } from "../../src/store/write.ts";
import { readBatch, readGolden } from "../../src/train/parity.ts";
import { plan } from "../../src/train/start.ts";
import { evaluationStep } from "../../src/train/step.ts";
import { type Context, differing, largest, type Measure, most } from "./check.ts";
import { PYTORCH } from "./twin.ts";

const { recipe } = sized("tiny");
const planned = plan(recipe);

/** A copy of a file without the names that do not pass. */
async function copyWith(path: string, keep: (name: string) => boolean, to: string): Promise<void> {
  using file = await openSafetensors(path);
  const names = [...file.entries.keys()].filter(keep);
  const values = new Map<string, Value>();
  for (const name of names) values.set(name, await file.read(name));
  const plans = Array.from(values, ([name, { shape, dtype }]) => ({
    name,
    shape,
    dtype: dtype === "float32" ? "F32" as const : "I64" as const,
  }));
  await writeSafetensors(to, plans, (name) => Promise.resolve(values.get(name)!));
}

/** Loads a file strictly, evaluates the golden batch with it, and saves it again. */
async function evaluated({ goldens, engine }: Context, path: string, saved: string): Promise<Float32Array> {
  using memory = (await engine()).memory();
  using file = await openSafetensors(path);
  await loadInto(memory, planned.model, file, { strict: true });
  const step = evaluationStep({ ...planned, loss: recipe.loss.made });
  const { logits } = await memory.compile(step).run(await readBatch(`${goldens}/mini`));
  await saveModel(saved, planned.model, memory);
  return logits.data as Float32Array;
}

/** How many arrays of the one file are not bit for bit, in name, type and shape, in the same place of the other. */
async function otherwise(path: string, golden: string): Promise<number> {
  using ours = await openSafetensors(path);
  using theirs = await openSafetensors(golden);
  const entries = differing([...ours.entries], [...theirs.entries]);
  if (entries > 0) return entries;
  let count = 0;
  for (const name of theirs.entries.keys()) {
    const bytes = async (file: typeof ours) => (await file.read(name)).data;
    if (!same(await bytes(ours), await bytes(theirs))) count++;
  }
  return count;
}

/** Bit for bit: zero and minus zero differ. */
const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((x, i) => Object.is(x, b[i]));

const exchanged: Measure = async (context) => {
  const weights = `${context.goldens}/mini/weights.safetensors`;
  const { eval_logits } = await readGolden(`${context.goldens}/mini`);
  const folder = await Deno.makeTempDir();
  try {
    const saved = `${folder}/saved.safetensors`;
    const found = [await evaluated(context, weights, saved)];
    const different = await otherwise(saved, weights);
    for (const alias of ["classifier_ffn.", "classifier_output_layer.1."]) {
      const part = `${folder}/part.safetensors`;
      await copyWith(weights, (name) => !name.startsWith(alias), part);
      found.push(await evaluated(context, part, `${folder}/again.safetensors`));
    }
    using file = await openSafetensors(weights);
    return [
      {
        detail:
          "a state_dict that PyTorch saved, with both names of `classifier_ffn`, evaluates here as there",
        against: PYTORCH,
        difference: largest(found[0], eval_logits.flat()),
        limit: 3e-6,
        unit: "absolute",
      },
      {
        detail: "with only one of both names it evaluates the same, whichever it is",
        against: "with both",
        difference: most(found.map((logits) => largest(logits, found[0]))),
        limit: 0,
        unit: "absolute",
      },
      {
        detail:
          "ours, saved again, has the same names, shapes, types, order and bits: what `load_state_dict(strict=True)` " +
          "asks for (`tests/golden/checkpoint/check.py` loads it there)",
        against: "safetensors 0.8.0",
        difference: different,
        limit: 0,
        unit: `of ${file.entries.size} arrays`,
      },
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
};

/** Details of the checkpoints. */
export const checkpoints: readonly Measure[] = [exchanged];
