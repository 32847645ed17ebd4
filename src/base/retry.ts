/** Trying again what may pass: a busy server, a connection that is cut or falls silent. */
import { setTimeout as delay } from "node:timers/promises";
import { messageOf, OnesheetError } from "./errors.ts";

/** How long a network is borne with. */
export interface Patience {
  /** Failures in a row after which it is given up. */
  readonly tries: number;
  /** Milliseconds before the first repetition; twice as long before each further one. */
  readonly pause: number;
  /** The longest wait before a repetition, whatever the server asks for, milliseconds. */
  readonly longest: number;
  /** Milliseconds without any data after which a connection counts as cut. */
  readonly quiet: number;
}

/** For downloads. The longest wait is the window of the Hugging Face hub's rate limits. */
export const usualPatience: Patience = { tries: 5, pause: 1000, longest: 300_000, quiet: 60_000 };

/** A failure that may pass when tried again. */
export class Passing extends Error {
  /** What its text begins with when printed whole. */
  override name = "Passing";
  /** Milliseconds that the server asks to wait; 0 when it asks for none. */
  readonly wait: number;
  /** A failure with this reason. */
  constructor(message: string, { cause, wait = 0 }: { cause?: unknown; wait?: number } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.wait = wait;
  }
}

/** Milliseconds to wait after this many failures in a row; undefined: give up. The server asks for `wait`. */
export const pauseAfter = (
  failures: number,
  { tries, pause, longest }: Patience,
  wait = 0,
): number | undefined =>
  failures >= tries ? undefined : Math.min(longest, Math.max(pause * 2 ** Math.max(0, failures - 1), wait));

/**
 * Milliseconds that an answer asks to wait, 0 when it asks for none: `Retry-After` in seconds or as a date (RFC 9110,
 * 10.2.3), else the seconds `t` to the end of the window in `RateLimit` (the Hugging Face hub, "Hub rate limits").
 */
export function askedWait(headers: Headers, now: number): number {
  const text = headers.get("retry-after") ?? /;\s*t=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1] ?? "";
  const wait = /^\d+$/.test(text) ? 1000 * Number(text) : Date.parse(text) - now;
  return wait > 0 ? wait : 0;
}

/** The failure that an answer stands for when the server is busy or broken; undefined for any other answer. */
export function busy({ status, headers }: Response): Passing | undefined {
  if (status < 500 && status !== 408 && status !== 429) return undefined;
  return new Passing(`the server answered ${status}`, { wait: askedWait(headers, Date.now()) });
}

/** Why a request failed, in Deno's words but without the address, which may hold a password or a signature. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return /client error \([^)]*\): (.*)$/s.exec(messageOf(cause))?.[1] ?? messageOf(error);
}

/** The failure of a request: what goes wrong on the way may pass, what was found out about it may not. */
const failureOf = (error: unknown): unknown =>
  error instanceof OnesheetError || error instanceof Passing
    ? error
    : new Passing(reasonOf(error), { cause: error });

/** Listens to a connection and notices when it fails or falls silent. */
export interface Watch extends Disposable {
  /** For what asks the server. */
  readonly signal: AbortSignal;
  /** Waits for the next thing from the server; fails with `Passing` when it does not come. */
  hear<T>(next: Promise<T>): Promise<T>;
}

/**
 * Starts to listen.
 *
 * @param quiet the longest silence, milliseconds.
 * @param stop ends the connection from outside.
 */
export function watch(quiet: number, stop?: AbortSignal): Watch {
  const silence = new AbortController();
  const silent = () => silence.abort(new Passing(`no data for ${quiet / 1000} s`));
  let timer = setTimeout(silent, quiet);
  return {
    signal: AbortSignal.any(stop ? [stop, silence.signal] : [silence.signal]),
    hear: async (next) => {
      try {
        const heard = await next;
        clearTimeout(timer);
        timer = setTimeout(silent, quiet);
        return heard;
      } catch (error) {
        throw silence.signal.aborted ? silence.signal.reason : failureOf(error);
      }
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/** What ends the repetition of work, or begins the count of its failures anew. */
export interface RetryOptions {
  /** Whether the work came further since the last time this was asked: then its failures count from 0 again. */
  readonly gained?: () => boolean;
  /** Ends the repetition. */
  readonly signal?: AbortSignal;
}

/** Does `work`, and again after a pause when it fails with `Passing`; throws the last failure when that is in vain. */
export async function retry<T>(
  work: () => Promise<T>,
  patience: Patience,
  { gained = () => false, signal }: RetryOptions = {},
): Promise<T> {
  for (let failures = 0;;) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Passing)) throw error;
      failures = gained() ? 0 : failures + 1;
      const pause = pauseAfter(failures, patience, error.wait);
      if (pause === undefined) throw error;
      await delay(pause, undefined, { signal });
    }
  }
}
