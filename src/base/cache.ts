/** Where things that can be made or fetched again are kept. */
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The folder for kept things: `ONESHEET_CACHE`, else the platform's cache folder with `onesheet` in it
 * (`XDG_CACHE_HOME` when set, otherwise `~/.cache`, macOS `~/Library/Caches`, Windows `LOCALAPPDATA`).
 * It may not be there yet. `variable` looks up the environment.
 */
export function cacheFolder(
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
): string {
  return variable("ONESHEET_CACHE") ||
    join(variable("XDG_CACHE_HOME") || platformCache(variable), "onesheet");
}

function platformCache(variable: (name: string) => string | undefined): string {
  switch (Deno.build.os) {
    case "darwin":
      return join(homedir(), "Library", "Caches");
    case "windows":
      return variable("LOCALAPPDATA") || join(homedir(), "AppData", "Local");
    default:
      return join(homedir(), ".cache");
  }
}
