/**
 * Numbers gone wrong: what a run says when it stops at NaN or infinity.
 *
 * A loss is looked at after every step, all weights, buffers and moments before they are saved. So a gradient that is
 * not finite is seen in the loss of the next step, or at the checkpoint before it, which is then not written: what is on
 * the disk can always be gone on from. Looking at the gradients themselves would cost each step a pass over them.
 */
import { OnesheetError } from "../base/errors.ts";
import { allFinite } from "../base/value.ts";
import type { Memory } from "../tensor.ts";
import { exists, runFiles } from "./run.ts";

/** Where a run was. */
interface Place {
  /** From 0. */
  readonly epoch: number;
  /** Steps done, the bad one included. */
  readonly step: number;
}

/** What stops a run whose numbers are no longer any. */
export class GoneWrong extends OnesheetError {}

/** The error that stops a run, with the way back. `what` is the sentence's middle: `the loss is NaN`. */
export async function goneWrong(
  what: string,
  { epoch, step }: Place,
  folder: string,
): Promise<GoneWrong> {
  const { last } = runFiles(folder);
  const back = await exists(last)
    ? `the last good checkpoint is "${last}", and --resume goes on from it`
    : "no checkpoint had been saved yet";
  return new GoneWrong(
    `Cannot go on: ${what} at step ${step}, in epoch ${
      epoch + 1
    }; ${back}; likely causes: a learning rate that is ` +
      "too high, reduced precision, pixels or labels that are not finite, a loss that takes the logarithm of 0 or " +
      "divides by it",
  );
}

/** A memory as a checkpoint reads it: an array with a number that is not finite stops the run. */
export const onlyFinite = (
  memory: Pick<Memory, "get">,
  place: Place,
  folder: string,
): Pick<Memory, "get"> => ({
  get: async (name) => {
    const value = await memory.get(name);
    if (!allFinite(value.data)) throw await goneWrong(`"${name}" holds NaN or infinity`, place, folder);
    return value;
  },
});
