/** What must hold whatever a checkpoint file holds: it is read, or refused in a sentence that a terminal can show. */
import { OnesheetError } from "../../../src/base/errors.ts";
import { sizeOf } from "../../../src/base/value.ts";
import { openSafetensors } from "../../../src/store/safetensors.ts";
import { readLabels, readMetrics, readRecord, runFiles } from "../../../src/train/run.ts";
import { readState } from "../../../src/train/state.ts";

/** Fails unless a thrown value is a refusal. */
export function demandRefusal(error: unknown): string {
  if (!(error instanceof OnesheetError)) throw error;
  if (/\p{C}/u.test(error.message)) throw new Error(`unprintable: ${JSON.stringify(error.message)}`);
  if (error.message.length > 1000) throw new Error(`${error.message.length} characters of message`);
  return error.message;
}

/** Opens a file and reads all that is in it; gives the refusals, of which none means that all was read. */
export async function readAll(path: string): Promise<string[]> {
  const refusals: string[] = [];
  try {
    using file = await openSafetensors(path);
    const { size } = await Deno.stat(path);
    for (const [name, { shape }] of file.entries) {
      try {
        const { data } = await file.read(name);
        if (data.length !== sizeOf(shape)) throw new Error(`${data.length} numbers for [${shape}]`);
        // One byte in the file is at most one number of four bytes here.
        if (data.byteLength > 4 * size) throw new Error(`${data.byteLength} bytes from a file of ${size}`);
      } catch (error) {
        refusals.push(demandRefusal(error));
      }
    }
  } catch (error) {
    refusals.push(demandRefusal(error));
  }
  return refusals;
}

/** The JSON files of a run folder, by what reads them. */
export const records = {
  recipe: { path: (run: string) => runFiles(run).recipe, read: readRecord },
  labels: { path: (run: string) => runFiles(run).labels, read: readLabels },
  metrics: { path: (run: string) => runFiles(run).metrics, read: readMetrics },
  state: {
    path: (run: string) => `${run}/state.json`,
    read: (run: string) => readState(`${run}/state.json`),
  },
} as const;

/** Reads one JSON file of a run folder; gives the refusal, if it was refused. */
export async function readRecordFile(kind: keyof typeof records, run: string): Promise<string[]> {
  try {
    await records[kind].read(run);
    return [];
  } catch (error) {
    return [demandRefusal(error)];
  }
}
