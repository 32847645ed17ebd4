/** Checkpoints from anyone: damaged at random and made with ill will. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Campaign, type Tally, tally } from "./campaign.ts";
import type { Fuzzed } from "./checkpoints/fuzz.ts";
import { hostile } from "./checkpoints/hostile.ts";
import { runChild } from "./child.ts";

/** Most memory a process may take that reads one of these files, which are at most 18 MiB but for holes: in bytes. */
const BOUND = 640 * 2 ** 20;

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = (name: string) => join(root, "tests/faults/checkpoints", `${name}.ts`);

/** A process that may do nothing but read these, and write there. */
const confined = (reads: readonly string[], writes: readonly string[] = []): string[] => [
  "run",
  "--quiet",
  "--no-prompt",
  `--allow-read=${reads.join(",")}`,
  ...writes.map((folder) => `--allow-write=${folder}`),
];

/** What the mutations must reach to be worth anything: every check of a header and of the JSON files. */
export const checks: readonly string[] = [
  "UTF-8",
  "expected JSON",
  "levels of JSON",
  "twice",
  "expected a dtype such as",
  "shape of",
  "data_offsets of",
  "bytes for",
  "at byte",
  "bytes of tensors",
  "printable characters",
  "fit in int32",
  "safetensors header of at most",
  "expected a text as",
  "expected a whole number as",
];

async function fuzz(folder: string, count: number, note: (line: string) => void): Promise<Tally> {
  const golden = join(root, "tests/golden/store");
  const args = [...confined([folder, golden], [folder]), program("fuzz"), folder, "0", `${count}`];
  let found: Fuzzed = { done: 0, read: 0, refused: {}, lost: [] };
  const { fault, peak } = await runChild(args, {
    onLine: (line) => {
      found = JSON.parse(line);
      note(`${found.done}/${count} mutations`);
    },
  });
  const lost = [...found.lost];
  if (fault !== undefined) lost.push(`after ${found.done} mutations: ${fault}`);
  if (peak !== undefined && peak > BOUND) lost.push(`${count} mutations took ${peak} bytes of memory`);
  const missed = checks.filter((check) => found.refused[check] === undefined);
  if (missed.length > 0) lost.push(`no mutation reached the checks ${missed.join(", ")}`);
  const refused = Object.entries(found.refused).sort(([, a], [, b]) => b - a);
  return {
    injected: count,
    survived: count - lost.length,
    lost: lost.length,
    details: [
      `${count.toLocaleString("en")} mutations, ${
        found.read.toLocaleString("en")
      } of which read to the end; what refused ` +
      `the others: ${refused.map(([check, times]) => `"${check}" ${times.toLocaleString("en")}`).join(", ")}`,
      ...(peak === undefined ? [] : [`most memory of the process: ${Math.ceil(peak / 2 ** 20)} MiB`]),
      ...lost.map((line) => `lost: ${line}`),
    ],
  };
}

/** Each hostile file as a fault. */
const madeWithIllWill = (folder: string, peaks: number[]) =>
  hostile.map(({ what, refusal, make, path = join(folder, "hostile.safetensors") }) => ({
    what,
    inject: async () => {
      await make?.(path);
      try {
        const { lines: [found], fault, peak = 0 } = await runChild([
          ...confined([path]),
          program("read_one"),
          path,
        ]);
        if (fault !== undefined) throw new Error(fault);
        if (!refusal.test(JSON.parse(found) ?? "")) throw new Error(`expected ${refusal}, found ${found}`);
        if (peak > BOUND) throw new Error(`it took ${peak} bytes of memory`);
        peaks.push(peak);
      } finally {
        if (make !== undefined) await Deno.remove(path, { recursive: true });
      }
    },
  }));

/** Checkpoints and the JSON files beside them, as no one should have made them. */
export const safetensors: Campaign = {
  name: "safetensors",
  promise: "A checkpoint from anyone is read or refused in a sentence; it runs nothing",
  how:
    "Two sound safetensors files and the four kinds of JSON file of a run folder are mutated with a fixed seed (bytes, " +
    "names, numbers at the edges of what can be counted, types, nesting, repeats, cuts) and read in a process that has " +
    "Deno's permission to read and write one folder and no other permission; then files made with ill will, each read in " +
    "a process that may read that file alone. Lost is a crash, two minutes of silence, another error than the project's " +
    `own, a sentence with control characters, and more than ${BOUND / 2 ** 20} MiB of memory.`,
  run: async (scale, note) => {
    const folder = await Deno.makeTempDir();
    try {
      const mutated = await fuzz(folder, scale === "full" ? 130_000 : 5000, note);
      const peaks: number[] = [];
      const made = await tally(madeWithIllWill(folder, peaks), note);
      return {
        injected: mutated.injected + made.injected,
        survived: mutated.survived + made.survived,
        lost: mutated.lost + made.lost,
        details: [
          ...mutated.details,
          `with ill will: ${made.details.join("; ")}`,
          `most memory of a process that read one of these: ${Math.ceil(Math.max(...peaks) / 2 ** 20)} MiB`,
        ],
      };
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
};
