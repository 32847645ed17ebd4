/** Work on something that only one may use at a time. */
import { OnesheetError } from "../base/errors.ts";

/** A queue for one resource. */
export interface Turns {
  /** Does the work after all that was asked for before, whether or not that succeeded. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Takes no more work, and closes the resource: at once, or when the work under way is done. */
  close(): void;
}

/**
 * Starts a queue.
 *
 * @param what the resource, for the sentence that refuses work after `close`
 * @param close frees the resource; called once
 */
export function newTurns(what: string, close: () => void): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let pending = 0;
  let open = true;
  return {
    take: <T>(work: () => Promise<T>): Promise<T> => {
      if (!open) return Promise.reject(new OnesheetError(`Cannot use ${what}: it has been disposed`));
      pending++;
      const result = last.then(work).finally(() => {
        if (--pending === 0 && !open) close();
      });
      last = result.catch(() => {});
      return result;
    },
    close: () => {
      if (!open) return;
      open = false;
      if (pending === 0) close();
    },
  };
}
