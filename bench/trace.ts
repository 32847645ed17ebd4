/** What a run of a graph took: TensorFlow's RunMetadata (config.proto, step_stats.proto), read from its wire form. */

/** One operation of a graph, in microseconds. */
export interface NodeTime {
  readonly name: string;
  /** Its type, such as `MatMul`. */
  readonly op: string;
  /** When its work began, on the clock of all nodes. */
  readonly start: number;
  readonly end: number;
}

/** A field of a message: a number, or bytes. */
type Field = readonly [number: number, value: number | Uint8Array];

/** The fields of a message of varints and bytes; wire types of fixed length are passed over. */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0, scale = 1;
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  while (at < bytes.length) {
    const key = varint(), field = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        yield [field, varint()];
        break;
      case 2: {
        const length = varint();
        yield [field, bytes.subarray(at, at += length)];
        break;
      }
      default:
        at += key % 8 === 1 ? 8 : 4;
    }
  }
}

/** The messages in a field of a message. */
const messages = (bytes: Uint8Array, wanted: number): Uint8Array[] =>
  [...fieldsOf(bytes)].flatMap(([field, value]) =>
    field === wanted && typeof value !== "number" ? [value] : []
  );

const decoder = new TextDecoder();

/** NodeExecStats; its label is `name = Op(inputs)`. */
function nodeOf(bytes: Uint8Array): NodeTime {
  const fields = new Map(fieldsOf(bytes));
  const number = (field: number) => fields.get(field) as number ?? 0;
  const text = (field: number) => decoder.decode(fields.get(field) as Uint8Array);
  const began = number(2);
  const label = text(8);
  return {
    name: text(1),
    op: label.match(/ = ([^(]+)\(/)?.[1] ?? label,
    start: began + number(3),
    end: began + number(4),
  };
}

/** Every operation that a run executed. */
export const nodeTimes = (runMetadata: Uint8Array): NodeTime[] =>
  messages(runMetadata, 1)
    .flatMap((stepStats) => messages(stepStats, 1))
    .flatMap((device) => messages(device, 2))
    .map(nodeOf);

/** How long at least one of these was at work: overlaps count once. */
export function unionOf(times: readonly Pick<NodeTime, "start" | "end">[]): number {
  let union = 0, reached = -Infinity;
  for (const { start, end } of times.toSorted((a, b) => a.start - b.start)) {
    union += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return union;
}
