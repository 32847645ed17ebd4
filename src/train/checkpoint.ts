/**
 * Checkpoints: weights, buffers, moments and counters, enough to go on as if nothing had happened. A checkpoint is a
 * folder that gets its name only when all of it is on the disk; the one before it stays until then.
 */
import { join } from "node:path";
import { syncFolder, temporaryName, writeFileWhole } from "../base/files.ts";
import { messageOf, OnesheetError } from "../base/errors.ts";
import type { Model } from "../dsl/build.ts";
import type { Param } from "../dsl/node.ts";
import { loadInto } from "../store/load.ts";
import { openSafetensors } from "../store/safetensors.ts";
import { saveModel } from "../store/save.ts";
import type { Memory } from "../tensor.ts";
import { onlyFinite } from "./finite.ts";
import { exists, runFiles } from "./run.ts";
import type { ScheduleState } from "./schedule.ts";
import { readState } from "./state.ts";
import { momentName } from "./step.ts";
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
  readonly schedule: ScheduleState;
  readonly stopping: StoppingState;
  /** The run has come to its end. */
  readonly finished: boolean;
}

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

const parts = (folder: string) => ({
  weights: join(folder, "weights.safetensors"),
  optimizer: join(folder, "optimizer.safetensors"),
  state: join(folder, "state.json"),
});

/** Saves a checkpoint as `last/`, replacing the one before. */
export async function saveCheckpoint(what: Checkpointed, state: RunState): Promise<void> {
  const { last } = runFiles(what.folder);
  const next = temporaryName(last);
  const previous = `${last}.previous`;
  try {
    await Deno.mkdir(next);
    const files = parts(next);
    const memory = onlyFinite(what.memory, state, what.folder);
    await saveModel(files.weights, what.model, memory);
    await saveModel(files.optimizer, momentModel(what), memory);
    await writeFileWhole(files.state, JSON.stringify(state) + "\n");
  } catch (error) {
    await Deno.remove(next, { recursive: true }).catch(() => {});
    throw error;
  }
  if (await exists(last)) {
    await Deno.remove(previous, { recursive: true }).catch(() => {});
    await Deno.rename(last, previous);
  }
  await Deno.rename(next, last);
  await syncFolder(what.folder);
  await Deno.remove(previous, { recursive: true }).catch(() => {});
}

/** Removes what a process left that was ended while it wrote: each may be as large as the model. */
async function removeLeftovers(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".tmp")) await Deno.remove(join(folder, name), { recursive: true });
  }
}

/** Puts the last checkpoint back into the memory; gives where the run was. */
export async function loadCheckpoint(what: Checkpointed): Promise<RunState> {
  const { last } = runFiles(what.folder);
  const folder = [last, `${last}.previous`];
  const found = (await Promise.all(folder.map(exists))).indexOf(true);
  if (found < 0) {
    throw new OnesheetError(
      `Cannot resume "${what.folder}": expected a checkpoint in "${last}", found none; delete the folder and start the run again`,
    );
  }
  const files = parts(folder[found]);
  try {
    using weights = await openSafetensors(files.weights);
    await loadInto(what.memory, what.model, weights, { strict: true });
    using optimizer = await openSafetensors(files.optimizer);
    await loadInto(what.memory, momentModel(what), optimizer, { strict: true });
    const state = await readState(files.state);
    await removeLeftovers(what.folder);
    return state;
  } catch (cause) {
    throw new OnesheetError(`Cannot resume "${what.folder}": ${messageOf(cause)}`, { cause });
  }
}
