/** Where things that can be made or fetched again are kept. */
import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf, OnesheetError } from "./errors.ts";
import { inSandbox } from "./sandbox.ts";
import { isNoSpace } from "./space.ts";
import { type Lookup, variablePath } from "./user_path.ts";

/**
 * The folder for kept things: `ONESHEET_CACHE`, else the platform's cache folder with `onesheet` in it
 * (`XDG_CACHE_HOME` when set, otherwise `~/.cache`, macOS `~/Library/Caches`, Windows `LOCALAPPDATA`).
 * It may not be there yet. `variable` looks up the environment.
 */
export function cacheFolder(
  variable: Lookup = (name) => Deno.env.get(name),
): string {
  return variablePath(variable, "ONESHEET_CACHE") ??
    join(variablePath(variable, "XDG_CACHE_HOME") ?? platformCache(variable), "onesheet");
}

function platformCache(variable: Lookup): string {
  switch (Deno.build.os) {
    case "darwin":
      return join(homedir(), "Library", "Caches");
    case "windows":
      return variable("LOCALAPPDATA") || join(homedir(), "AppData", "Local");
    default:
      return join(homedir(), ".cache");
  }
}

/** Does work that writes `what` into a folder of the cache; where the system refuses that, the error names the way out. */
export async function inCache<T>(what: string, folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof OnesheetError) throw cause;
    const why = isNoSpace(cause) ? "the disk is full" : messageOf(cause);
    const wayOut = inSandbox() ? "name a run folder by --run" : "set ONESHEET_CACHE to a folder";
    throw new OnesheetError(
      `Cannot write ${what} into the cache folder "${folder}": ${why}; ${wayOut} that can be written to and has room`,
      { cause },
    );
  }
}
