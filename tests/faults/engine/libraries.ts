/** Files that are not the libtensorflow of this machine. */
import { assert } from "@std/assert";
import { Buffer } from "node:buffer";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bytesAt } from "../../../src/data/read.ts";
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

/** Bytes that are searched at once. */
const PIECE = 2 ** 26;

/** Puts another word of the same length wherever this one stands alone. */
const reworded = (from: string, to: string): Change => async (path) => {
  using file = await Deno.open(path, { read: true, write: true });
  const { size } = await file.stat();
  let count = 0;
  for (let start = 0; start < size; start += PIECE) {
    const bytes = Buffer.from(bytesAt(file, start, Math.min(PIECE, size - start)));
    for (let at = 0; (at = bytes.indexOf(`\0${from}\0`, at)) >= 0; at += from.length) {
      await patched(start + at + 1, [...new TextEncoder().encode(to)])(path);
      count++;
    }
  }
  assert(count > 0);
};

const cut = (share: number): Change => async (path) => {
  await Deno.truncate(path, Math.floor(share * (await Deno.stat(path)).size));
};

const written = (text: string): Change => async (path) => await Deno.writeTextFile(path, text);

interface Wrong {
  readonly what: string;
  readonly change: Change;
  readonly refusal: RegExp;
}

const changes: readonly Wrong[] = [
  { what: "is not there", change: (path) => Deno.remove(path), refusal: /libtensorflow/ },
  { what: "is empty", change: cut(0), refusal: /no shared library/ },
  { what: "is a text", change: written("not found\n"), refusal: /no shared library/ },
  { what: "is cut off after its header", change: cut(1e-6), refusal: /cut off/ },
  { what: "is cut off in its middle", change: cut(0.5), refusal: /cut off/ },
  { what: "is cut off at its end", change: cut(0.999999), refusal: /cut off/ },
  { what: "is for ARM", change: patched(18, [183, 0]), refusal: /a library for (aarch64|another processor)/ },
  { what: "is for x86, 32 bits", change: patched(4, [1]), refusal: /another processor/ },
  { what: "is for a big-endian processor", change: patched(5, [2]), refusal: /another processor/ },
  {
    what: "is a folder",
    change: async (path) => {
      await Deno.remove(path);
      await Deno.mkdir(path);
    },
    refusal: /no file|folder|libtensorflow/,
  },
];

/** Each change to a copy of the smaller library, beside the other as it is; the larger one says which version it is. */
export const libraryFaults = ({ framework, core, version = "" }: LibraryFiles): Fault[] =>
  [
    ...changes.map((change) => ({ ...change, of: framework, beside: core })),
    {
      what: "is another version",
      change: reworded(version, version.replace(/\.\d+/, ".15")),
      refusal: /found version 2\.15/,
      of: core,
      beside: framework,
    },
  ].map(({ what, change, refusal, of, beside }) => ({
    what: `libtensorflow ${what}`,
    inject: async () => {
      const folder = await Deno.makeTempDir();
      try {
        await Deno.symlink(beside, join(folder, basename(beside)));
        const copy = join(folder, basename(of));
        await Deno.copyFile(of, copy);
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
