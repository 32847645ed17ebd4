/** How far an answer is from the right one. */

/** An array as answers hold it. `noise` is what float32 is off at the reference itself. */
interface Numbers {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  readonly noise?: number;
}

/** The largest deviation of an answer, and of which part. */
export interface Deviation {
  readonly off: number;
  readonly part: string;
}

const isNumbers = (value: unknown): value is Numbers =>
  typeof value === "object" && value !== null && "shape" in value && "data" in value;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !ArrayBuffer.isView(value);

/** The largest finite number of all arrays of an answer, by size. */
function largest(value: unknown): number {
  if (isNumbers(value)) {
    let most = 0;
    for (let i = 0; i < value.data.length; i++) {
      if (Number.isFinite(value.data[i])) most = Math.max(most, Math.abs(value.data[i]));
    }
    return most;
  }
  return isObject(value) ? Math.max(0, ...Object.values(value).map(largest)) : 0;
}

/** The difference of two numbers; 0 of two that are the same, infinite of a NaN or infinite one and any other. */
function difference(found: number, right: number): number {
  if (Object.is(found, right) || found === right) return 0;
  const off = Math.abs(found - right);
  return Number.isNaN(off) ? Infinity : off;
}

/** The largest difference, as a share of the largest right number or of `least`. */
function arrayOff(found: unknown, right: Numbers, least: number): number {
  if (!isNumbers(found) || `${found.shape}` !== `${right.shape}`) {
    const isMissing = found === undefined && largest(right) <= least * 1e-4; // of no influence: no gradient
    return isMissing ? 0 : Infinity;
  }
  let most = 0;
  for (let i = 0; i < right.data.length; i++) most = Math.max(most, difference(found.data[i], right.data[i]));
  return most === 0 ? 0 : most / Math.max(largest(right), least);
}

/** Numbers without a shape, such as pixels. */
type Flat = Uint8Array | Float32Array;

/** Their largest difference. */
function flatOff(found: unknown, right: Flat): number {
  const ours = found as Flat;
  if (!ArrayBuffer.isView(found) || ours.length !== right.length) return Infinity;
  let most = 0;
  for (let i = 0; i < right.length; i++) most = Math.max(most, difference(ours[i], right[i]));
  return most;
}

/** Parts whose answer we do not give, or that the right one has not. */
const keysOf = (found: unknown, right: object): string[] => [
  ...new Set([...Object.keys(right), ...Object.keys(isObject(found) ? found : {})]),
];

/**
 * The largest deviation between two answers of any form. Numbers deviate by their difference, relative to the right one
 * where that is above 1; arrays by theirs, relative to their largest number, to a thousandth of the largest of the
 * whole answer, or to 200,000 times what float32 is off at the reference itself; pixels by their difference; anything else
 * by nothing or without limit.
 */
export function deviation(found: unknown, right: unknown, part = "", whole = largest(right)): Deviation {
  const at = (off: number): Deviation => ({ off, part });
  if (typeof right === "number") {
    if (typeof found !== "number") return at(Infinity);
    return at(difference(found, right) / Math.max(1, Number.isFinite(right) ? Math.abs(right) : 1));
  }
  if (ArrayBuffer.isView(right)) return at(flatOff(found, right as Flat));
  if (isNumbers(right)) return at(arrayOff(found, right, Math.max(whole * 1e-3, (right.noise ?? 0) * 2e5)));
  if (!isObject(right)) return at(found === right ? 0 : Infinity);
  if (Array.isArray(right) && (found as unknown[])?.length !== right.length) return at(Infinity);
  const parts = keysOf(found, right).map((key) => {
    const [ours, theirs] = [found, right].map((value) =>
      (value as Record<string, unknown> | undefined)?.[key]
    );
    const name = part === "" ? key : `${part}.${key}`;
    return theirs === undefined
      ? { off: ours === undefined ? 0 : Infinity, part: name }
      : deviation(ours, theirs, name, whole);
  });
  return parts.reduce((most, each) => each.off > most.off || Number.isNaN(each.off) ? each : most, at(0));
}
