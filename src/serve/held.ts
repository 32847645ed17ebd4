/** How much of all requests' bodies is in memory at the same time. */

/** A part of the bytes that may be held; disposing of it gives its bytes back. */
export interface Share extends Disposable {
  /** Takes more bytes; false, and nothing taken, where too many are held. */
  take(bytes: number): boolean;
  /** Gives bytes back before the end. */
  giveBack(bytes: number): void;
}

/** Starts to count up to `most` bytes; each call is the share of one request. */
export function holding(most: number): () => Share {
  let held = 0;
  return () => {
    let own = 0;
    const giveBack = (bytes: number): void => {
      own -= bytes;
      held -= bytes;
    };
    return {
      take: (bytes) => {
        if (held + bytes > most) return false;
        own += bytes;
        held += bytes;
        return true;
      },
      giveBack,
      [Symbol.dispose]: () => giveBack(own),
    };
  };
}
