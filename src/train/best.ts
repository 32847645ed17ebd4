/** The best weights of a run, checked before any answer is built on them. */
import { relative } from "node:path";
import { OnesheetError } from "../base/errors.ts";
import { allFinite } from "../base/value.ts";
import { damageOf, replaceSummed } from "../base/sums.ts";
import { linkWhole } from "../base/files.ts";
import { openSafetensors, type SafetensorsFile } from "../store/safetensors.ts";
import { exists, runFiles } from "./run.ts";

/** Makes the file `from`, whose SHA-256 is `sum`, a run's best weights too. */
export async function placeBest(folder: string, from: string, sum: string): Promise<void> {
  const { best } = runFiles(folder);
  await replaceSummed(folder, relative(folder, best), sum, () => linkWhole(from, best));
}

/** Refuses a run without best weights, and one of which a file is not as training wrote it. */
export async function demandBest(folder: string): Promise<void> {
  const { best } = runFiles(folder);
  if (!await exists(best)) {
    throw new OnesheetError(
      `Cannot use the run "${folder}": expected best.safetensors, found none; continue the run by --resume until an ` +
        "epoch is evaluated, or put the file back",
    );
  }
  const damage = await damageOf(folder);
  if (damage === undefined) return;
  throw new OnesheetError(
    `Cannot use the run "${folder}": ${damage}; put a copy back, or, where that is on purpose, delete the run's ` +
      "SHA256SUMS",
  );
}

/** Opens a run's best weights. Errors: those of {@link demandBest} and of a file that is none. */
export async function openBest(folder: string): Promise<SafetensorsFile> {
  await demandBest(folder);
  return await openSafetensors(runFiles(folder).best);
}

/** Refuses what a model computed where a number of it is NaN or infinite. */
export function demandFinite(verb: string, { data }: { readonly data: Float32Array | Int32Array }): void {
  if (allFinite(data)) return;
  throw new OnesheetError(
    `Cannot ${verb}: expected finite outputs of the model, found NaN or infinity; its weights are too large for this ` +
      "precision or damaged",
  );
}
