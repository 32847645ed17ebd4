/**
 * What code a recipe consists of: its module and the local files that it imports, and they in turn. The library itself is
 * left out; it has a version.
 */
import { createHash } from "node:crypto";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What an import line, an export line or a call of `import` names: a path or a file URL, in any quotes. */
const LOCAL = /\b(?:from|import)\s*\(?\s*(["'`])((?:\.{1,2}|file:\/)?\/[^"'`\n]*)\1/g;

const HERE = new URL("../../", import.meta.url);

/** Parts of the library; none where it is not on this machine's disk. */
const library: readonly string[] = HERE.protocol === "file:"
  ? ["src", "layers", "shims", "mod.ts"].map((name) => join(fileURLToPath(HERE), name))
  : [];

const isOfLibrary = (path: string): boolean =>
  library.some((part) => path === part || !relative(part, path).startsWith(".."));

/** The files that a source names beside itself; what a comment or a text names may be among them. */
function named(source: string, path: string): string[] {
  return Array.from(source.matchAll(LOCAL), ([, , specifier]) => {
    const place = specifier.replace(/[?#].*$/, "");
    return place.startsWith("file:") ? fileURLToPath(place) : resolve(dirname(path), place);
  });
}

async function collect(path: string, sources: Map<string, string>): Promise<void> {
  if (sources.has(path) || isOfLibrary(path)) return;
  const isFile = await Deno.stat(path).then((info) => info.isFile, () => false);
  if (!isFile) return;
  const source = await Deno.readTextFile(path);
  sources.set(path, source);
  for (const each of named(source, path)) await collect(each, sources);
}

/**
 * A digest of the code of a module on this machine, in hexadecimal: another when any of its files changes, the same where
 * all of them are moved together.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { moduleDigest } from "./module_digest.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".ts" });
 * assertEquals((await moduleDigest(path)).length, 32);
 * await Deno.remove(path);
 * ```
 */
export async function moduleDigest(path: string): Promise<string> {
  const sources = new Map<string, string>(), hash = createHash("sha256");
  await collect(path, sources);
  const files = Array.from(sources, ([file, source]) => [relative(dirname(path), file), source] as const);
  for (const [name, source] of files.sort(([a], [b]) => a < b ? -1 : 1)) {
    hash.update(JSON.stringify([name.replaceAll("\\", "/"), source]));
  }
  return hash.digest("hex").slice(0, 32);
}
