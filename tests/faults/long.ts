/** A long run: what it holds and how long a step takes must not grow. */
import { fileURLToPath } from "node:url";
import { locate } from "../../src/engine/setup.ts";
import { PREFETCH } from "../../src/train/trainer.ts";
import type { Campaign, Scale, Tally } from "./campaign.ts";
import { runChild } from "./child.ts";
import { growth } from "./held.ts";
import type { Trained } from "./long/train.ts";

const MEBIBYTE = 2 ** 20;

/** Bytes that memory may seem to grow by: an allocator's play, far below a leak of one batch every few steps. */
const PLAY = 24 * MEBIBYTE;

/** A step of the last quarter may take as many times as long as one of the third: other programs share the machine. */
const SLOWER = 1.5;

const program = fileURLToPath(new URL("long/train.ts", import.meta.url));

/** What is wrong with a run's lines; `timed` where there are enough steps to compare times. */
export function faultsOf(lines: readonly Trained[], timed: boolean): string[] {
  const of = (name: keyof Trained) => lines.map((line) => line[name]);
  const times = of("milliseconds");
  const ratio = 1 + growth(times) / Math.min(...times.slice(times.length / 2));
  return [
    ...growth(of("memory")) > PLAY
      ? [`memory grew by ${Math.round(growth(of("memory")) / MEBIBYTE)} MiB`]
      : [],
    ...(["holdings", "files", "threads"] as const).flatMap((name) =>
      growth(of(name)) > 1 ? [`${name} grew by ${growth(of(name))}`] : []
    ),
    ...timed && ratio > SLOWER ? [`steps took ${ratio.toFixed(2)} times as long in the end`] : [],
    ...lines.some(({ ahead }) => ahead > PREFETCH + 1) ? ["more batches were made than are prefetched"] : [],
  ];
}

const figures = (lines: readonly Trained[]): string => {
  const at = [lines.length >> 2, lines.length >> 1, lines.length - 1].map((i) => lines[i]);
  return at.map(({ step, memory, holdings, files, threads, milliseconds }) =>
    `step ${step.toLocaleString("en")}: ${
      Math.round(memory / MEBIBYTE)
    } MiB, ${holdings} tensors and handles, ` +
    `${files} files, ${threads} threads, ${milliseconds.toFixed(1)} ms a step`
  ).join("; ");
};

/** A run: rows of 64 pixels are so many numbers that threads make the pictures. */
interface Size {
  readonly steps: number;
  readonly rows: number;
  readonly pixels: number;
}

const scales: Readonly<Record<Scale, Readonly<Record<string, Size>>>> = {
  quick: { portable: { steps: 80, rows: 120, pixels: 16 } },
  full: {
    tensorflow: { steps: 3000, rows: 1600, pixels: 64 },
    portable: { steps: 3000, rows: 240, pixels: 16 },
  },
};

/** Memory, handles, files, threads, step time and prefetched batches of long runs. */
export const long: Campaign = {
  name: "long",
  promise: "A long run holds no more at its end than in its middle, and its steps take no longer",
  how:
    "The quickstart is trained for thousands of steps, on tensorflow with pictures made by threads, with forty checkpoints and an " +
    "evaluation every epoch. Of the second half, the mean of the last quarter is compared with that of the quarter " +
    `before: resident memory may differ by ${
      PLAY / MEBIBYTE
    } MiB, tensors, native handles, open files and threads by none, the ` +
    `time of a step by a factor of ${SLOWER}. At no time are more than ${PREFETCH} batches made ahead of the one in use.`,
  run: async (scale, note): Promise<Tally> => {
    const details: string[] = [];
    let injected = 0, lost = 0;
    for (const [engine, { steps, rows, pixels }] of Object.entries(scales[scale])) {
      if (engine === "tensorflow" && locate() === undefined) {
        details.push("not run: tensorflow, because libtensorflow is not set up");
        continue;
      }
      const folder = await Deno.makeTempDir();
      try {
        const lines: Trained[] = [];
        const args = [
          "run",
          "-A",
          "--v8-flags=--expose-gc",
          program,
          folder,
          engine,
          ...[steps, rows, pixels].map(String),
        ];
        const { fault } = await runChild(args, {
          silence: 600_000,
          onLine: (line) => {
            lines.push(JSON.parse(line));
            note(`${engine}: ${line}`);
          },
        });
        const faults = fault === undefined ? faultsOf(lines, scale === "full") : [fault];
        injected += steps;
        lost += faults.length;
        if (lines.length > 3) details.push(`${engine}: ${figures(lines)}`);
        details.push(...faults.map((fault) => `lost: on ${engine} ${fault}`));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }
    return { injected, survived: injected - lost, lost, details };
  },
};
