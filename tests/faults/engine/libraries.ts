/** Files that are not the libtensorflow of this machine. */
import { assert } from "@std/assert";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LibraryFiles } from "../../../src/engine/setup.ts";
import type { Fault } from "../campaign.ts";
import { runChild } from "../child.ts";

const program = fileURLToPath(new URL("open.ts", import.meta.url));

/** Changes a copy of a library. */
type Change = (path: string) => Promise<void>;

const patched = (at: number, bytes: readonly number[]): Change => async (path) => {
  using file = await Deno.open(path, { write: true });
  await file.seek(at, Deno.SeekMode.Start);
  await file.write(Uint8Array.from(bytes));
};

/** Puts other words of the same length where these are first. */
const reworded = (from: string, to: string): Change => async (path) => {
  const bytes = await Deno.readFile(path),
    [before, after] = [from, to].map((text) => new TextEncoder().encode(text));
  const at = bytes.findIndex((byte, i) =>
    byte === before[0] && before.every((one, k) => bytes[i + k] === one)
  );
  assert(at >= 0);
  await patched(at, [...after])(path);
};

const cut = (share: number): Change => async (path) => {
  await Deno.truncate(path, Math.floor(share * (await Deno.stat(path)).size));
};

const written = (text: string): Change => async (path) => await Deno.writeTextFile(path, text);

const changes = (version: string): readonly (readonly [what: string, change: Change, refusal: RegExp])[] => [
  ["is not there", (path) => Deno.remove(path), /libtensorflow/],
  ["is empty", cut(0), /no shared library/],
  ["is a text", written("not found\n"), /no shared library/],
  ["is cut off after its header", cut(1e-6), /cut off/],
  ["is cut off in its middle", cut(0.5), /cut off/],
  ["is cut off at its end", cut(0.999999), /cut off/],
  ["is for ARM", patched(18, [183, 0]), /a library for (aarch64|another processor)/],
  ["is for x86, 32 bits", patched(4, [1]), /another processor/],
  ["is for a big-endian processor", patched(5, [2]), /another processor/],
  ["is another version", reworded(version, version.replace(/\.\d+/, ".15")), /found version/],
  ["is a folder", async (path) => {
    await Deno.remove(path);
    await Deno.mkdir(path);
  }, /no file|folder|libtensorflow/],
];

/** Each change to a copy of the smaller library, beside the other as it is. */
export const libraryFaults = ({ framework, core, version = "" }: LibraryFiles): Fault[] =>
  changes(version).map(([what, change, refusal]) => ({
    what: `libtensorflow ${what}`,
    inject: async () => {
      const folder = await Deno.makeTempDir();
      try {
        await Deno.symlink(core, join(folder, basename(core)));
        const copy = join(folder, basename(framework));
        await Deno.copyFile(framework, copy);
        await Deno.chmod(copy, 0o644);
        await change(copy);
        const { lines: [found], fault } = await runChild(["run", "-A", program, folder]);
        if (fault !== undefined) throw new Error(fault);
        const sentence: string = JSON.parse(found) ?? "";
        assert(refusal.test(sentence) && /setup/.test(sentence), `expected ${refusal}, found ${found}`);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  }));
