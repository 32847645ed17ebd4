/** One thing that the doctor looked at. */
import { messageOf } from "../base/errors.ts";

/** One thing looked at. */
export interface Finding {
  /** What was looked at. */
  readonly what: string;
  /** Whether the engines can use it. */
  readonly ok: boolean;
  /** What is there, or what went wrong. */
  readonly found: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** A finding from a look that returns what it found or throws what went wrong. */
export async function finding(
  what: string,
  fix: string,
  look: () => Promise<string> | string,
): Promise<Finding> {
  try {
    return { what, ok: true, found: await look() };
  } catch (error) {
    return { what, ok: false, found: messageOf(error), fix };
  }
}
