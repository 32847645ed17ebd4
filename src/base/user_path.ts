/** Paths as people write them, in the environment and in settings: with `~` and with variables. */
import { homedir } from "node:os";
import { join } from "node:path";

/** Looks up a variable of the environment. */
export type Lookup = (name: string) => string | undefined;

/** A path whose `~` in front is the person's own folder. */
export const fromHome = (path: string): string =>
  path === "~" || /^~[/\\]/.test(path) ? join(homedir(), path.slice(1)) : path;

/** The value of a variable; undefined where this process may not read it. */
export function ifReadable(variable: Lookup, name: string): string | undefined {
  try {
    return variable(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

/** The path in a variable of the environment, its `~` in front resolved; undefined where it is empty or not set. */
export function variablePath(variable: Lookup, name: string): string | undefined {
  const path = variable(name);
  return path ? fromHome(path) : undefined;
}

/**
 * A path with `~`, `$NAME` and `${NAME}` as Hugging Face's tools resolve those in their variables: what is not set stays as
 * it stands.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { expanded } from "./user_path.ts";
 * assertEquals(expanded("$DISK/hf", (name) => name === "DISK" ? "/mnt" : undefined), "/mnt/hf");
 * ```
 */
export const expanded = (path: string, variable: Lookup): string =>
  fromHome(path).replaceAll(
    /\$(?:(\w+)|\{([^{}]*)\})/g,
    (whole, plain, braced) => ifReadable(variable, plain ?? braced) ?? whole,
  );
