/** One process at a time in a run folder. */
import { dirname, join } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { temporaryFor } from "../base/files.ts";
import { claim } from "../base/lock.ts";
import { exists, runFiles } from "./run.ts";

/** The entries of a folder; none where there is no folder. */
const entriesOf = async (folder: string): Promise<Deno.DirEntry[]> =>
  await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false)
    ? await Array.fromAsync(Deno.readDir(folder))
    : [];

/**
 * Removes what a process left that was ended while it wrote: files and checkpoints of a run under temporary names, each
 * of which may be as large as the model. Nothing else of the folder is touched.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  const files = runFiles(folder), known = new Set(Object.values(files));
  const remove = async (parent: string, isOurs: (path: string) => boolean) => {
    for (const { name, isSymlink } of await entriesOf(parent)) {
      const original = temporaryFor(name);
      if (original === undefined || isSymlink || !isOurs(join(parent, original))) continue;
      await Deno.remove(join(parent, name), { recursive: true });
    }
  };
  await remove(folder, (path) => known.has(path));
  await remove(files.reader, () => true);
}

/** Refuses a run folder in which a link stands for something of the run: what is written would end up elsewhere. */
async function demandNoLinks(folder: string): Promise<void> {
  const known = new Set(Object.values(runFiles(folder)));
  for (const { name, isSymlink, isDirectory } of await entriesOf(folder)) {
    const path = join(folder, name);
    if (!known.has(path)) continue;
    const inside = isDirectory ? (await entriesOf(path)).find((entry) => entry.isSymlink) : undefined;
    const link = isSymlink ? path : inside && join(path, inside.name);
    if (link === undefined) continue;
    throw new OnesheetError(
      `Cannot use the run folder "${folder}": expected files and folders, found the link "${link}"; remove it, or ` +
        "name another folder by --run",
    );
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
    await demandNoLinks(folder);
    const claimed = await claim(runFiles(folder).lock);
    if ("holder" in claimed) throw inUse(folder, claimed.holder);
    return {
      [Symbol.dispose]: () => {
        claimed[Symbol.dispose]();
        removeEmpty(made);
      },
    };
  } catch (cause) {
    if (cause instanceof OnesheetError) throw cause;
    const there = await Deno.stat(folder).catch(() => undefined);
    const isFile = there?.isFile || cause instanceof Deno.errors.NotADirectory;
    const found = there?.isFile ? "a file" : messageOf(cause);
    throw new OnesheetError(
      `Cannot use the run folder "${folder}": expected a folder that can be written to, found ${found}; ` +
        "name another by --run",
      { cause, exitCode: isFile ? 2 : 1 },
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
