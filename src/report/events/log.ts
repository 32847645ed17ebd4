/** The event file of a run: appended to while it trains, and cut back to the checkpoint when it goes on. */
import { join } from "node:path";
import { OnesheetError } from "../../base/errors.ts";
import { temporaryFor, writeFileWhole } from "../../base/files.ts";
import { fileFault, readRegular } from "../../base/regular_file.ts";
import { beginning, decodeEvent, encodeEvent, type Logged, type ReadEvent } from "./event.ts";
import { frame, recordsIn } from "./records.ts";

/** An open event file. */
export interface EventLog extends Disposable {
  /** What it held when it was opened. */
  readonly kept: readonly ReadEvent[];
  /** Appends one event. */
  add(step: number, values: readonly Logged[]): void;
}

/** TensorBoard takes any name with "tfevents" in it; the number goes up whenever the file is begun anew. */
const NAME = /^events\.out\.tfevents\.(\d+)\.onesheet$/;

/** The name with a number: as long for each, because TensorBoard goes from a file to the next by their names' order. */
const nameOf = (number: number): string => `events.out.tfevents.${String(number).padStart(10, "0")}.onesheet`;

/** Longest event file that is read, in bytes. */
const LONGEST = 2 ** 31;

const read = (path: string): Promise<Uint8Array> =>
  readRegular(path, LONGEST).catch((cause) => {
    throw new OnesheetError(`Cannot read "${path}": ${fileFault(cause)}`, { cause });
  });

/** The event files in a folder, the oldest first. */
function filesIn(
  folder: string,
): { readonly path: string; readonly number: number; readonly size: number }[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name }) => {
    const number = NAME.exec(name)?.[1];
    if (number === undefined) return [];
    const path = join(folder, name);
    return [{ path, number: Number(number), size: Deno.lstatSync(path).size }];
  }).sort((a, b) => a.number - b.number);
}

const isFolder = (path: string): Promise<boolean> =>
  Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);

/** Reads the newest event file of a folder, up to what a kill left of it; no folder is no events. */
export async function readEvents(folder: string): Promise<ReadEvent[]> {
  const newest = await isFolder(folder) ? filesIn(folder).at(-1) : undefined;
  if (newest === undefined) return [];
  return [...recordsIn(await read(newest.path))].flatMap((record) => decodeEvent(record) ?? []);
}

/**
 * Opens the event file of a folder with the events of the one before that are to be kept. It is written anew, whole,
 * under the next number, so that no step is there twice and a TensorBoard that is open reads it from the beginning; those
 * before stay without content.
 */
export async function openEvents(
  folder: string,
  keep: (event: ReadEvent) => boolean,
  now: () => number = Date.now,
): Promise<EventLog> {
  await Deno.mkdir(folder, { recursive: true });
  for (const { name } of Deno.readDirSync(folder)) {
    if (NAME.test(temporaryFor(name) ?? "")) await Deno.remove(join(folder, name)); // a kill left it
  }
  const before = filesIn(folder), newest = before.at(-1);
  const records = newest === undefined ? [] : [...recordsIn(await read(newest.path))];
  const kept = records.flatMap((record) => {
    const event = decodeEvent(record);
    return event !== undefined && keep(event) ? [{ record, event }] : [];
  });
  const path = join(folder, nameOf((newest?.number ?? 0) + 1));
  const frames = [...beginning(now() / 1000), ...kept.map(({ record }) => record)].map(frame);
  await writeFileWhole(path, new Uint8Array(await new Blob(frames).arrayBuffer()));
  // Not removed: a TensorBoard that reads one goes on to the next only while it is there.
  for (const old of before) if (old.size > 0) await writeFileWhole(old.path, "");
  const file = await Deno.open(path, { append: true });
  return {
    kept: kept.map(({ event }) => event),
    add: (step, values) => {
      const bytes = frame(encodeEvent(now() / 1000, step, values));
      for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
    },
    [Symbol.dispose]: () => file.close(),
  };
}
