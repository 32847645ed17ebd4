/**
 * Ctrl-C and SIGTERM: the first asks for an orderly stop, the second stops at once. While there is nothing to save yet,
 * nothing is watched, and the first one ends the process as it ends any other.
 */
import { removeTemporary } from "../base/files.ts";
import { tell } from "./terminal.ts";

/** A watch on the signals. */
export interface Interruptible extends Disposable {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** 130 after SIGINT, 143 after SIGTERM. */
  readonly exitCode: number;
  /** From now on there is something to save. */
  watch(): void;
}

/** Milliseconds in which signals count as one: a terminal and the task above a process each pass on the same Ctrl-C. */
const ONE_PRESS = 100;

const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/** A watch that is still to begin; in it, a second signal ends the process. The first stops after `what`. */
export function interruptible(what = "this step"): Interruptible {
  const controller = new AbortController();
  let exitCode = 0, first = -Infinity;
  const on = (signal: keyof typeof codes) => () => {
    const now = performance.now();
    if (now - first < ONE_PRESS) return;
    if (controller.signal.aborted) {
      removeTemporary();
      Deno.exit(codes[signal]);
    }
    first = now;
    exitCode = codes[signal];
    tell(`\nstopping after ${what}; once more stops at once`);
    controller.abort();
  };
  const signals: (keyof typeof codes)[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  const listeners: (readonly [keyof typeof codes, () => void])[] = [];
  return {
    signal: controller.signal,
    watch: () => {
      if (listeners.length > 0) return;
      listeners.push(...signals.map((signal) => [signal, on(signal)] as const));
      for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
    },
    get exitCode() {
      return exitCode;
    },
    [Symbol.dispose]: () => {
      for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}
