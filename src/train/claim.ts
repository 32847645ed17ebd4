/** One process at a time in a run folder. */
import { dirname, join } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { claim } from "../base/lock.ts";
import { exists, runFiles } from "./run.ts";

/** Removes what a process left that was ended while it wrote: each may be as large as the model. */
async function removeLeftovers(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".tmp")) await Deno.remove(join(folder, name), { recursive: true });
  }
}

/** Of the folder and those above it, the ones that are not there yet, the innermost first. */
const missing = async (folder: string): Promise<string[]> =>
  await exists(folder) ? [] : [folder, ...await missing(dirname(folder))];

/** Removes folders in turn while they are empty. */
function removeEmpty(folders: readonly string[]): void {
  try {
    for (const folder of folders) Deno.removeSync(folder);
  } catch {
    // It holds something, or is gone.
  }
}

/**
 * Makes a run folder this process's own until it is disposed of; it is made when it is not there, and removed again when
 * nothing came into it. One that another process uses, and one that cannot be written to, are errors.
 */
export async function claimRun(folder: string): Promise<Disposable> {
  const made = await missing(folder);
  try {
    await Deno.mkdir(folder, { recursive: true });
    const claimed = await claim(
      runFiles(folder).lock,
      `process ${Deno.pid} since ${new Date().toISOString()}`,
    );
    if ("holder" in claimed) throw inUse(folder, claimed.holder);
    await removeLeftovers(folder);
    return {
      [Symbol.dispose]: () => {
        claimed[Symbol.dispose]();
        removeEmpty(made);
      },
    };
  } catch (cause) {
    if (cause instanceof OnesheetError) throw cause;
    const there = await Deno.stat(folder).catch(() => undefined);
    const found = there?.isFile ? "a file" : messageOf(cause);
    throw new OnesheetError(
      `Cannot use the run folder "${folder}": expected a folder that can be written to, found ${found}; ` +
        "name another by --run",
      { cause },
    );
  }
}

const inUse = (folder: string, holder: string): OnesheetError =>
  new OnesheetError(
    `Cannot use the run folder "${folder}": ${
      holder || "another process"
    } trains in it; wait for its end, stop it by ` +
      `kill ${/\d+/.exec(holder)?.[0] ?? ""}, or name another by --run`,
  );
