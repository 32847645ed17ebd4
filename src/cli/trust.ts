/**
 * A recipe is code, and a run folder names the recipe that made it. That file runs with the rights of the command only
 * where the person has trained it before, names it now, or has it from this project; a run folder from
 * elsewhere, or one that a sandboxed recipe wrote, could name any file.
 */
import { createHash } from "node:crypto";
import { join, sep } from "node:path";
import { cacheFolder } from "../base/cache.ts";
import { OnesheetError } from "../base/errors.ts";
import { inSandbox } from "../base/sandbox.ts";
import { project } from "./allowed.ts";
import type { Option } from "./command.ts";

/** The option that names the recipe of a run. */
export const recipeOption = {
  kind: "string",
  placeholder: "FILE",
  help:
    "the run's recipe, where it has moved or you have not trained it on this machine. Default: as the run says",
} as const satisfies Option;

/** The folder of notes, one for each recipe that was trained; the sandbox has another cache. */
const notes = (): string => join(cacheFolder(), "recipes");

const noteOf = (file: string): string =>
  join(notes(), createHash("sha256").update(Deno.realPathSync(file)).digest("hex"));

/** Notes that the person trains a recipe; a cache that cannot be written to keeps no notes. */
export function noteTrained(file: string): void {
  try {
    Deno.mkdirSync(notes(), { recursive: true });
    Deno.writeTextFileSync(noteOf(file), `${file}\n`, { createNew: true });
  } catch {
    // It is noted already, or cannot be.
  }
}

/** The folders of this project that hold recipes. */
const ownFolders = ["recipes", "examples"].map((name) => join(project, name) + sep);

const isKnown = async (file: string): Promise<boolean> =>
  ownFolders.some((folder) => Deno.realPathSync(file).startsWith(folder)) ||
  await Deno.stat(noteOf(file)).then(({ isFile }) => isFile, () => false);

/** Refuses to run the recipe that a run folder names unless the person knows it. The sandbox runs any. */
export async function demandKnown(file: string, run: string): Promise<void> {
  if (inSandbox() || await isKnown(file)) return;
  throw new OnesheetError(
    `Cannot run the recipe "${file}" that the run "${run}" names: a recipe is code, and you have not trained this one ` +
      `on this machine; look at it and name it by --recipe ${JSON.stringify(file)}, or use ` +
      "`deno task sandbox predict`",
    { exitCode: 2 },
  );
}
