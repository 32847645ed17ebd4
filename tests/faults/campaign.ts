/** A campaign: a promise of docs/RELIABILITY.md, and the faults that are injected to break it. */

/** How many faults: a few in the test suite, all of them for the page. */
export type Scale = "quick" | "full";

/** What came of the faults. */
export interface Tally {
  /** Faults injected. */
  readonly injected: number;
  /** After which everything promised held. */
  readonly survived: number;
  /** After which something was lost, wrong or hung. */
  readonly lost: number;
  /** A line for each kind of fault, and each loss in words. */
  readonly details: readonly string[];
}

/** One promise under fire. */
export interface Campaign {
  /** As `deno task faults` takes it. */
  readonly name: string;
  /** What holds, in a sentence. */
  readonly promise: string;
  /** What is done to it, in a few. */
  readonly how: string;
  /** Injects the faults; `note` hears how far it is. */
  run(scale: Scale, note: (line: string) => void): Promise<Tally>;
}

/** One fault of a campaign: returns when the promise held, throws what broke. */
export interface Fault {
  /** What happens, in words. */
  readonly what: string;
  /** Injects it and checks what came of it. */
  inject(): Promise<void> | void;
}

/** Injects faults one after another; a loss is told and does not end the campaign. */
export async function tally(faults: readonly Fault[], note: (line: string) => void): Promise<Tally> {
  const losses: string[] = [];
  const kinds = new Map<string, number>();
  for (const [i, { what, inject }] of faults.entries()) {
    kinds.set(what, (kinds.get(what) ?? 0) + 1);
    note(`${i + 1}/${faults.length} ${what}`);
    try {
      await inject();
    } catch (error) {
      losses.push(`lost: ${what}: ${error instanceof Error ? error.message : error}`);
      note(losses.at(-1)!);
    }
  }
  const counted = Array.from(kinds, ([what, count]) => count === 1 ? what : `${count} times: ${what}`);
  const injected = faults.length;
  return {
    injected,
    survived: injected - losses.length,
    lost: losses.length,
    details: [...counted, ...losses],
  };
}
