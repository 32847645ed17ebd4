/**
 * Writes a checkpoint of the tiny system as a run would, after one step of ours on the golden weights, with the logits we
 * get in its metadata, for check.py: `deno run -A tests/golden/checkpoint/save.ts FILE`.
 */
import { fileURLToPath } from "node:url";
import { float32 } from "../../../src/base/value.ts";
import { sized } from "../../../src/cli/parity.ts";
import { chooseEngine } from "../../../src/engine/choose.ts";
import { loadInto } from "../../../src/store/load.ts";
import { saveModel } from "../../../src/store/save.ts";
import { openSafetensors } from "../../../src/store/safetensors.ts";
import { readBatch } from "../../../src/train/parity.ts";
import { clearMoments, plan } from "../../../src/train/start.ts";
import { evaluationStep, trainStep } from "../../../src/train/step.ts";

const mini = fileURLToPath(new URL("../mini", import.meta.url));
const { recipe } = sized("tiny");
const optimizer = recipe.optimizer.made;
const parts = { ...plan(recipe), loss: recipe.loss.made, labelSmoothing: recipe.labelSmoothing, optimizer };
const batch = await readBatch(mini);

using memory = (await chooseEngine("auto")).engine.memory();
using weights = await openSafetensors(`${mini}/weights.safetensors`);
await loadInto(memory, parts.model, weights, { strict: true });
await clearMoments(memory, parts, optimizer);
const scalars = Object.entries(optimizer.scalars(1e-3, 1)).map(([name, x]) => [name, float32([], [x])]);
await memory.compile(trainStep(parts)).run({ ...batch, ...Object.fromEntries(scalars) });
const { logits } = await memory.compile(evaluationStep(parts)).run(batch);
await saveModel(Deno.args[0], parts.model, memory, { logits: JSON.stringify([...logits.data]) });
