/**
 * How far a long piece of work is: one redrawn line in a terminal, a plain line now and then elsewhere. Written to
 * standard error, so that standard output stays what a program reads.
 */

import { oneLine } from "../base/errors.ts";
import { readable } from "../base/space.ts";
import { COLUMNS, displayWidth, fitted, type Word } from "../report/width.ts";
import { writeError } from "./terminal.ts";

/** Work that is being watched. */
export interface Progress {
  /** Tells how much is done, and short things worth seeing, such as the loss; the most important is the last. */
  update(done: number, ...notes: readonly string[]): void;
  /** Ends the line with what was reached, the time it took and a last note. */
  end(note?: string): void;
  /** Takes the line away again; there is nothing to take away where lines cannot be redrawn. */
  clear(): void;
}

/** The work, and where its progress is written. */
export interface ProgressOptions {
  /** All of the work, in a unit of the caller's. */
  readonly total: number;
  /** What the work is, at the head of the line; with "(bytes)" at its end, amounts are shown in kB, MB or GB. */
  readonly label: string;
  /** Units that were done before; 0 unless told. */
  readonly before?: number;
  /** Whether a line can be redrawn in place; as on standard error, unless told. */
  readonly terminal?: boolean;
  /** Standard error, unless told. */
  readonly write?: (text: string) => void;
  /** Milliseconds on a clock that only goes forward. */
  readonly now?: () => number;
}

/** What a line shows. */
export interface ProgressState {
  /** What the work is. */
  readonly label: string;
  /** Units done. */
  readonly done: number;
  /** Units in all. */
  readonly total: number;
  /** Units a second; 0 while nothing is known. */
  readonly rate: number;
  /** Short things worth seeing, the most important last. */
  readonly notes?: readonly string[];
}

/** When how much was done, and the work and the time (milliseconds) of late; what is past fades from both. */
interface Pace {
  readonly at: number;
  readonly done: number;
  readonly work: number;
  readonly time: number;
}

/** What was done this long ago counts 1/e of what is done now, milliseconds. */
const fading = 20_000;
/** Least time between two drawings in a terminal, milliseconds. */
const redrawEvery = 100;
/** Elsewhere a line comes after this long, or after a tenth of the work if that took the lesser time. */
const lineEvery = { most: 10_000, least: 1_000 };

/** Seconds as `0:07`, `12:34` or `1:02:03`. */
export function clock(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const whole = Math.round(seconds), hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const BYTES = / \(bytes\)$/;

/** What the work is and how much of it is done. */
const headText = ({ label, done, total }: Pick<ProgressState, "label" | "done" | "total">): string =>
  BYTES.test(label)
    ? `${oneLine(label.replace(BYTES, ""))} ${readable(done)} of ${readable(total)}`
    : `${oneLine(label)} ${done}/${total}`;

/** The rate, or the time of one unit where less than one is done in a second. */
function rateText(rate: number, label: string): string {
  if (BYTES.test(label)) return `${readable(rate)}/s`;
  return rate > 0.99 ? `${rate.toFixed(1)}/s` : `${(1 / rate).toFixed(1)} s each`;
}

/** Share done, rate, time left and notes: the rate gives way first, the last note and what is done last. */
function details({ label, done, total, rate, notes = [] }: ProgressState): Word[] {
  const share = total > 0 ? `${Math.floor(100 * done / total)}%` : "";
  return [
    { text: share, importance: 1 },
    { text: rate > 0 ? rateText(rate, label) : "", importance: 0 },
    { text: rate > 0 ? `${clock((total - done) / rate)} left` : "", importance: 3 },
    ...notes.toReversed().map((note, i) => ({ text: oneLine(note), importance: i < 2 ? 5 - i : 2 }))
      .reverse(),
  ];
}

/** A line without a bar, of at most `width` columns. */
const plainLine = (state: ProgressState, width: number): string =>
  fitted([{ text: headText(state), importance: Infinity }, ...details(state)], width);

/** A line of at most `width` columns; its bar takes up to 30 of those the words leave, and is left out under 5. */
export function progressLine(state: ProgressState, width: number, color: boolean): string {
  const head = headText(state), words = details(state).map(({ text }) => text).filter((text) => text !== "");
  const room = Math.min(30, width - displayWidth([head, "", ...words].join("  ")));
  if (room < 5) return plainLine(state, width);
  const full = Math.round(room * Math.min(1, state.total > 0 ? state.done / state.total : 1));
  const [bar, rest] = ["━".repeat(full), "─".repeat(room - full)];
  return [head, color ? `\x1b[36m${bar}\x1b[0m\x1b[2m${rest}\x1b[0m` : bar + rest, ...words].join("  ");
}

function follow(pace: Pace, at: number, done: number): Pace {
  const fade = Math.exp((pace.at - at) / fading);
  return { at, done, work: pace.work * fade + done - pace.done, time: pace.time * fade + at - pace.at };
}

/** Columns of the terminal; as many as usual where that is not to be learnt. */
export function columns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return COLUMNS;
  }
}

/**
 * Starts to watch a piece of work.
 *
 * @example
 * ```ts
 * import { progress } from "./progress.ts";
 *
 * const steps = progress({ total: 826, label: "epoch 1/20" });
 * for (let step = 1; step <= 826; step++) steps.update(step, "loss 0.0464");
 * steps.end("loss 0.0464");
 * ```
 */
export function progress({
  total,
  label,
  before = 0,
  terminal = Deno.stderr.isTerminal(),
  write = (text) => writeError(() => void Deno.stderr.writeSync(new TextEncoder().encode(text))),
  now = () => performance.now(),
}: ProgressOptions): Progress {
  const start = now();
  let pace: Pace = { at: start, done: before, work: 0, time: 0 };
  let shown: { readonly at: number; readonly done: number } | undefined;

  const isDue = (): boolean => {
    if (terminal) return shown === undefined || pace.at - shown.at >= redrawEvery;
    const { at, done } = shown ?? { at: start, done: before };
    return pace.at - at >= lineEvery.most ||
      (pace.at - at >= lineEvery.least && pace.done - done >= total / 10);
  };

  return {
    update: (done, ...notes) => {
      pace = follow(pace, now(), done);
      if (!isDue()) return;
      shown = pace;
      const state = { label, done, total, rate: pace.time > 0 ? 1000 * pace.work / pace.time : 0, notes };
      // One column stays free, because a full line wraps.
      if (terminal) write(`\r${progressLine(state, columns() - 1, !Deno.noColor)}\x1b[K`);
      else write(plainLine(state, COLUMNS) + "\n");
    },
    clear: () => {
      if (terminal && shown !== undefined) write("\r\x1b[K");
    },
    end: (note) => {
      const seconds = (now() - start) / 1000;
      const rate = seconds > 0 && pace.done > before ? [rateText((pace.done - before) / seconds, label)] : [];
      const words = [
        headText({ label, done: pace.done, total }),
        clock(seconds),
        ...rate,
        ...note ? [oneLine(note)] : [],
      ];
      write((terminal ? "\r" : "") + words.join("  ") + (terminal ? "\x1b[K\n" : "\n"));
    },
  };
}
