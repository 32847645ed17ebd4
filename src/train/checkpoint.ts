/**
 * Checkpoints: weights, buffers, moments and counters, enough to go on as if nothing had happened. A checkpoint is a
 * folder that gets its name only when all of it and its checksums are on the disk; the one before it is kept as well.
 */
import { join } from "node:path";
import { sha256Of } from "../base/digest.ts";
import { syncFolder, withTemporary, writeFileWhole } from "../base/files.ts";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { damageIn, sumIn, writeSums } from "../base/sums.ts";
import type { Model } from "../dsl/build.ts";
import type { Param } from "../dsl/node.ts";
import { loadInto } from "../store/load.ts";
import { openSafetensors } from "../store/safetensors.ts";
import { saveModel } from "../store/save.ts";
import type { Memory } from "../tensor.ts";
import { placeBest } from "./best.ts";
import { GoneWrong, onlyFinite } from "./finite.ts";
import { exists, runFiles } from "./run.ts";
import type { ScheduleState } from "./schedule.ts";
import { readState } from "./state.ts";
import { AVERAGE, momentName } from "./update.ts";
import type { StoppingState } from "./stopping.ts";

/** Where a run is: plain JSON. */
export interface RunState {
  /** The epoch under way, from 0. */
  readonly epoch: number;
  /** Batches of that epoch already trained on. */
  readonly batch: number;
  /** Steps of training done. */
  readonly step: number;
  /** Sum of the losses of this epoch's batches. */
  readonly lossSum: number;
  /** Time spent on this epoch. */
  readonly seconds: number;
  /** The step whose weights are the best so far; null before the first epoch's end. */
  readonly bestStep: number | null;
  readonly schedule: ScheduleState;
  readonly stopping: StoppingState;
  /** The run has come to its end. */
  readonly finished: boolean;
  /** Schedule and stopping rule that this state is of, as a recipe prints; checkpoints of earlier versions have none. */
  readonly settings?: StateSettings;
}

/** What the state of a schedule and a stopping rule depends on. */
export type StateSettings = Readonly<Record<"learningRate" | "stop", unknown>>;

/** What a checkpoint is of. */
export interface Checkpointed {
  readonly folder: string;
  readonly model: Model;
  readonly trainable: ReadonlySet<string>;
  readonly memory: Memory;
  readonly moments: readonly string[];
}

/** The optimizer's moments as a model of their own: arrays named like the parameters, once for each moment. */
function momentModel({ model, trainable, moments }: Checkpointed): Pick<Model, "params" | "aliases"> {
  const learnt = model.params.filter(({ name }) => trainable.has(name));
  const params = moments.flatMap((moment) =>
    learnt.map((param): Param => ({ ...param, name: momentName(moment, param.name) }))
  );
  return { params, aliases: [] };
}

const names = ["weights.safetensors", "optimizer.safetensors", "state.json"] as const;
const filesOf = (folder: string) => {
  const [weights, optimizer, state] = names.map((name) => join(folder, name));
  return { weights, optimizer, state };
};

/** Writes a checkpoint into a folder of its own. */
async function writeCheckpoint(folder: string, what: Checkpointed, state: RunState): Promise<void> {
  await Deno.mkdir(folder);
  const files = filesOf(folder);
  const memory = onlyFinite(what.memory, state, what.folder);
  await saveModel(files.weights, what.model, memory);
  await saveModel(files.optimizer, momentModel(what), memory);
  await writeFileWhole(files.state, JSON.stringify(state) + "\n");
  await writeSums(folder, names);
}

/** Saves a checkpoint as `last/`; the one that had that name becomes `previous/`. */
export async function saveCheckpoint(what: Checkpointed, state: RunState): Promise<void> {
  const { last, previous } = runFiles(what.folder);
  try {
    await withTemporary(last, async (next) => {
      await writeCheckpoint(next, what, state);
      if (await exists(last)) {
        await Deno.remove(previous, { recursive: true }).catch(() => {});
        await Deno.rename(last, previous);
      }
      await Deno.rename(next, last);
    });
    await syncFolder(what.folder);
  } catch (cause) {
    if (cause instanceof GoneWrong) throw cause;
    const before = await exists(last) || await exists(previous);
    throw new OnesheetError(
      `Cannot save the checkpoint of step ${state.step} in "${what.folder}": ${messageOf(cause)}; ${
        before ? "--resume goes on from the one before" : "there is none yet"
      }`,
      { cause },
    );
  }
}

/** Makes the weights of the last checkpoint the best ones, or their running averages where they are kept. */
export async function keepAsBest({ folder, model, trainable, memory, moments }: Checkpointed): Promise<void> {
  const { last, best } = runFiles(folder), [weights] = names;
  if (!moments.includes(AVERAGE)) {
    return await placeBest(folder, filesOf(last).weights, await sumIn(last, weights));
  }
  await withTemporary(best, async (averages) => {
    await saveModel(averages, model, {
      get: (name) => memory.get(trainable.has(name) ? momentName(AVERAGE, name) : name),
    });
    await placeBest(folder, averages, await sha256Of(averages));
  });
}

/**
 * Leaves the newest sound checkpoint as `last/` and a broken one nowhere; says so. False when there is none at all, an
 * error when none is sound.
 */
async function findSound(folder: string, tell: (line: string) => void): Promise<boolean> {
  const { last, previous } = runFiles(folder);
  const damages: string[] = [];
  for (const checkpoint of [last, previous]) {
    if (!await exists(checkpoint)) continue;
    const damage = await damageIn(checkpoint, names);
    if (damage !== undefined) {
      damages.push(damage);
      continue;
    }
    if (damages.length > 0) tell(`warning: ${damages[0]}; going on from the checkpoint before it`);
    if (checkpoint === previous) {
      await Deno.remove(last, { recursive: true }).catch(() => {});
      await Deno.rename(previous, last);
    }
    return true;
  }
  if (damages.length === 0) return false;
  throw new OnesheetError(`${damages.join(" and ")}; put a copy back, or delete the folder and start again`);
}

/** Puts the last sound checkpoint back into the memory; gives where the run was, undefined where none was saved. */
export async function loadCheckpoint(
  what: Checkpointed,
  tell: (line: string) => void = () => {},
): Promise<RunState | undefined> {
  try {
    if (!await findSound(what.folder, tell)) return undefined;
    const files = filesOf(runFiles(what.folder).last);
    using weights = await openSafetensors(files.weights);
    await loadInto(what.memory, what.model, weights, { strict: true });
    using optimizer = await openSafetensors(files.optimizer);
    await loadInto(what.memory, momentModel(what), optimizer, { strict: true });
    const state = await readState(files.state);
    // The run may have ended between saving these weights and keeping them as the best.
    if (state.batch === 0 && state.step === state.bestStep) await keepAsBest(what);
    return state;
  } catch (cause) {
    throw new OnesheetError(`Cannot resume "${what.folder}": ${messageOf(cause)}`, { cause });
  }
}
