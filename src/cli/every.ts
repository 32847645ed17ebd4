/** `--checkpoint-every`: steps, or a time with its unit. */
import { OnesheetError } from "../base/errors.ts";
import type { CheckpointEvery } from "../train/run.ts";

const seconds = { s: 1, m: 60, h: 3600 };

/**
 * What the value of `--checkpoint-every` says: `500` is steps; `30s`, `10m` and `1.5h` are times.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseEvery } from "./every.ts";
 *
 * assertEquals([parseEvery("500"), parseEvery("10m")], [{ steps: 500 }, { seconds: 600 }]);
 * ```
 */
export function parseEvery(text: string): CheckpointEvery {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text) ?? [];
  const count = Number(number);
  if (count > 0 && unit !== "") return { seconds: count * seconds[unit as keyof typeof seconds] };
  if (count > 0 && Number.isSafeInteger(count)) return { steps: count };
  throw new OnesheetError(
    `Cannot use "--checkpoint-every": expected steps such as 500, or a time such as 30s, 10m or 2h, found "${text}"`,
    { exitCode: 2 },
  );
}
