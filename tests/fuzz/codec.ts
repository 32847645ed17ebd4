/**
 * JSON with typed arrays and the numbers that JSON has not: a question's way to Python and an answer's way back.
 * `reference/codec.py` is the other end.
 */

const typed = { f4: Float32Array, i4: Int32Array, u1: Uint8Array } as const;

/** A value as one line of JSON. */
export const encode = (value: unknown): string =>
  JSON.stringify(value, (_, each) => {
    if (typeof each === "number" && !Number.isFinite(each)) return { $n: `${each}` };
    const kind = Object.entries(typed).find(([, kind]) => each instanceof kind)?.[0];
    if (kind === undefined) return each;
    const { buffer, byteOffset, byteLength } = each as Uint8Array<ArrayBuffer>;
    return { [`$${kind}`]: new Uint8Array(buffer, byteOffset, byteLength).toBase64() };
  });

/** The value of such a line. */
export const decode = (text: string): unknown =>
  JSON.parse(text, (_, each) => {
    if (typeof each !== "object" || each === null) return each;
    if (typeof each.$n === "string") return Number(each.$n);
    for (const [kind, array] of Object.entries(typed)) {
      const data = each[`$${kind}`];
      if (typeof data === "string") return new array(Uint8Array.fromBase64(data).buffer);
    }
    return each;
  });
