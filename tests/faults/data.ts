/** Data sets with broken rows and broken files. */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type HubRow, hubRow, parquetOf } from "../data/parquet_files.ts";
import { type Campaign, type Fault, type Scale, type Tally, tally } from "./campaign.ts";
import { type Ended, runChild } from "./child.ts";
import type { Mutated } from "./data/mutated.ts";
import type { Opened } from "./data/open.ts";
import { type BadPicture, giants, smallPictures } from "./data/pictures.ts";
import { badRows, type Files, goodRow, oddRows, refusedSets, setOf } from "./data/sets.ts";

const GIBIBYTE = 2 ** 30;

/** Most memory of a process that opens a data set with posters of up to 200 million pixels: in bytes. */
const BOUND = 3 * GIBIBYTE;

/** Giants take seconds each, on a busy machine minutes: in milliseconds. */
const SILENCE = 600_000;

const program = (name: string) => fileURLToPath(new URL(`data/${name}.ts`, import.meta.url));

/** `sharp` needs native code; a process that may not use it decodes by WebAssembly. */
const decoders = {
  sharp: ["-A"],
  imagescript: ["--no-prompt", "--allow-read", "--allow-write", "--allow-env", "--allow-sys"],
};
type Decoder = keyof typeof decoders;

async function inFolder<T>(files: Files, work: (folder: string, cache: string) => Promise<T>): Promise<T> {
  const root = await Deno.makeTempDir();
  try {
    const [folder, cache] = ["data", "cache"].map((name) => join(root, name));
    await Deno.mkdir(folder);
    for (const [name, bytes] of Object.entries(files)) await Deno.writeFile(join(folder, name), bytes);
    return await work(folder, cache);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** The most memory that an opening took so far. */
type Peaks = Record<Decoder, number>;

function demandSound({ fault, peak = 0 }: Ended, decoder: Decoder, peaks: Peaks): void {
  if (fault !== undefined) throw new Error(fault);
  peaks[decoder] = Math.max(peaks[decoder], peak);
  if (peak > BOUND) throw new Error(`it took ${peak} bytes of memory`);
}

/** Opens a data set in a process of its own. */
async function opened(files: Files, decoder: Decoder, peaks: Peaks): Promise<Opened & { refusal?: string }> {
  const ended = await inFolder(
    files,
    (folder, cache) =>
      runChild(["run", "--quiet", ...decoders[decoder], program("open"), folder, cache], {
        silence: SILENCE,
      }),
  );
  demandSound(ended, decoder, peaks);
  return JSON.parse(ended.lines[0]);
}

/** The rows before and behind each of these. */
const ROOM = 3;

/** Rows among sound ones: those that are broken are left out with a reason, every other is used. */
const rowsFault = (
  what: string,
  rows: readonly HubRow[],
  verdict: "left out" | "used" | "either",
  decoder: Decoder,
  peaks: Peaks,
): Fault => ({
  what: `${what} (${decoder})`,
  inject: async () => {
    const all = rows.flatMap((
      row,
      i,
    ) => [...Array.from({ length: ROOM }, (_, k) => goodRow(i * ROOM + k)), row]);
    const odd = rows.map((_, i) => i * (ROOM + 1) + ROOM);
    const found = await opened(setOf(parquetOf(all, 7)), decoder, peaks);
    if (found.refusal !== undefined) throw new Error(found.refusal);
    const skipped = found.skipped.map(({ row }) => row);
    assertEquals([...found.rows, ...skipped].sort((a, b) => a - b), all.map((_, row) => row));
    if (verdict === "either") assertEquals(skipped.filter((row) => !odd.includes(row)), []);
    else assertEquals(skipped, verdict === "used" ? [] : odd);
    assert(found.skipped.every(({ reason }) => reason.length > 5 && !/\p{Cc}/u.test(reason)));
  },
});

const withPicture = async ({ make }: BadPicture): Promise<HubRow> =>
  hubRow("Film ends.", "War", await make());

async function rowFaults(scale: Scale, decoder: Decoder, peaks: Peaks): Promise<Fault[]> {
  const pictures = await Promise.all(smallPictures.map(withPicture));
  const [bad, odd] = [badRows, oddRows].map((rows) => rows.map(([, row]) => row));
  const together = [
    rowsFault("every row that is broken, in one data set", [...bad, ...pictures], "left out", decoder, peaks),
    rowsFault("every row that is odd, in one data set", odd, "used", decoder, peaks),
  ];
  if (scale === "quick") return together;
  return [
    ...together,
    ...badRows.map(([what, row]) => rowsFault(what, [row], "left out", decoder, peaks)),
    ...smallPictures.map(({ what }, i) => rowsFault(what, [pictures[i]], "left out", decoder, peaks)),
    ...oddRows.map(([what, row]) => rowsFault(what, [row], "used", decoder, peaks)),
    ...giants.map((giant): Fault => ({
      what: `${giant.what}, four times (${decoder})`,
      inject: async () => {
        const row = await withPicture(giant);
        await rowsFault("", [row, row, row, row], "either", decoder, peaks).inject();
      },
    })),
  ];
}

const setFaults = (peaks: Peaks): Fault[] =>
  refusedSets.map(([what, files, words]) => ({
    what: `a data set of ${what}`,
    inject: async () => {
      const { refusal = "none" } = await opened(files, "sharp", peaks);
      assert(words.test(refusal), `expected ${words}, found ${refusal}`);
    },
  }));

async function mutations(count: number, peaks: Peaks, note: (line: string) => void): Promise<Tally> {
  const found: Mutated[] = [];
  const ended = await inFolder(
    {},
    (folder) =>
      runChild(["run", "-A", program("mutated"), folder, `${count}`], {
        silence: SILENCE,
        onLine: (line) => {
          found.push(JSON.parse(line));
          note(line);
        },
      }),
  );
  const { done = 0, whole = 0, without = 0, refused = 0, lost = [] } = found.at(-1) ?? {};
  const losses = [...lost];
  try {
    demandSound(ended, "sharp", peaks);
  } catch (error) {
    losses.push(`after ${done} mutations: ${error}`);
  }
  return {
    injected: count,
    survived: count - losses.length,
    lost: losses.length,
    details: [
      `${count.toLocaleString("en")} mutated parquet files: ${
        refused.toLocaleString("en")
      } refused in a sentence, ` +
      `${without.toLocaleString("en")} read without the rows that broke, ${
        whole.toLocaleString("en")
      } read whole`,
      ...losses.map((line) => `lost: ${line}`),
    ],
  };
}

/** Bad data, of which nothing may crash and everything must be told. */
export const data: Campaign = {
  name: "data",
  promise: "A broken row is left out and told, a broken file is refused in a sentence; memory stays bounded",
  how:
    "Data sets in the layout of the hub data set, with broken and odd rows among sound ones, are opened in processes of " +
    "their own, by sharp and, without native code, by WebAssembly; every batch of both sides is made. Exactly the broken rows " +
    "must be left out, each with its number and a reason, and all others be there. Files of another schema, without rows " +
    "or with one are refused; so are most files that are cut or have bits flipped at random, the rest is read. No process " +
    `may take more than ${
      BOUND / GIBIBYTE
    } GiB of memory, crash, be silent for ten minutes, or end in another error than ` +
    "the project's own.",
  run: async (scale, note) => {
    const peaks = { sharp: 0, imagescript: 0 };
    const faults = await Promise.all(
      (["sharp", "imagescript"] as const).map((decoder) => rowFaults(scale, decoder, peaks)),
    );
    const found = await tally([...faults.flat(), ...scale === "full" ? setFaults(peaks) : []], note);
    const mutated = await mutations(scale === "full" ? 1000 : 40, peaks, note);
    return {
      injected: found.injected + mutated.injected,
      survived: found.survived + mutated.survived,
      lost: found.lost + mutated.lost,
      details: [
        ...found.details,
        ...mutated.details,
        ...Object.entries(peaks).map(([decoder, peak]) =>
          `most memory of a process that decodes with ${decoder}: ${Math.ceil(peak / 2 ** 20)} MiB`
        ),
      ],
    };
  },
};
