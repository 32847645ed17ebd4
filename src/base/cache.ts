/** Where things that can be made or fetched again are kept. */
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The folder for kept things: `ONESHEET_CACHE`, else the platform's cache folder with `onesheet` in it
 * (`XDG_CACHE_HOME` when set, otherwise `~/.cache`, macOS `~/Library/Caches`, Windows `LOCALAPPDATA`).
 * It may not be there yet.
 */
export function cacheFolder(): string {
  const own = Deno.env.get("ONESHEET_CACHE");
  return own ? own : join(Deno.env.get("XDG_CACHE_HOME") || platformCache(), "onesheet");
}

function platformCache(): string {
  switch (Deno.build.os) {
    case "darwin":
      return join(homedir(), "Library", "Caches");
    case "windows":
      return Deno.env.get("LOCALAPPDATA") || join(homedir(), "AppData", "Local");
    default:
      return join(homedir(), ".cache");
  }
}
