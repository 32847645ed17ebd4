/**
 * What TensorBoard reads: `Event` and `Summary` of TensorFlow.
 * Source: tensorboard/compat/proto/{event,summary,tensor}.proto
 */
import { bytes, double, fieldsOf, float, int, intOf, message, text } from "./protobuf.ts";

/** A value under its tag. */
export type Logged =
  | { readonly tag: string; readonly scalar: number }
  /** Markdown. */
  | { readonly tag: string; readonly text: string }
  /** The bytes of a JPEG or PNG file. */
  | { readonly tag: string; readonly width: number; readonly height: number; readonly image: Uint8Array };

/** What is read again of an event. */
export interface ReadEvent {
  readonly step: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly tags: readonly string[];
  /** By tag. */
  readonly scalars: Readonly<Record<string, number>>;
}

const STRING = 7; // DataType.DT_STRING
const TENSOR = 2; // DataClass.DATA_CLASS_TENSOR
const START = 1; // SessionLog.START

function valueOf(value: Logged): Uint8Array {
  const tag = text(1, value.tag);
  if ("scalar" in value) return message(tag, float(2, value.scalar));
  if ("image" in value) {
    const { width, height, image } = value;
    return message(tag, bytes(4, message(int(1, height), int(2, width), int(3, 3), bytes(4, image))));
  }
  const metadata = message(bytes(1, text(1, "text")), int(4, TENSOR));
  const tensor = message(int(1, STRING), bytes(2, message()), text(8, value.text));
  return message(tag, bytes(9, metadata), bytes(8, tensor));
}

/** An event of some values at a step. */
export const encodeEvent = (time: number, step: number, values: readonly Logged[]): Uint8Array =>
  message(
    double(1, time),
    int(2, step),
    bytes(5, message(...values.map((value) => bytes(1, valueOf(value))))),
  );

/** What an event file begins with: the version, and that whatever was read before is to be forgotten. */
export const beginning = (time: number): readonly Uint8Array[] => [
  message(double(1, time), text(3, "brain.Event:2")),
  message(double(1, time), int(2, 0), bytes(7, message(int(1, START)))),
];

/** Reads an event; one that holds no values is undefined. */
export function decodeEvent(event: Uint8Array): ReadEvent | undefined {
  const fields = fieldsOf(event), [summary] = fields.get(5) ?? [];
  if (summary === undefined) return undefined;
  const decoder = new TextDecoder();
  const values = (fieldsOf(summary).get(1) ?? []).map((value) => {
    const inside = fieldsOf(value), [scalar] = inside.get(2) ?? [];
    return { tag: decoder.decode(inside.get(1)?.[0]), scalar };
  });
  const view = (content: Uint8Array) => new DataView(content.buffer, content.byteOffset, content.length);
  const [step] = fields.get(2) ?? [];
  return {
    step: step === undefined ? 0 : intOf(step),
    time: view(fields.get(1)![0]).getFloat64(0, true),
    tags: values.map(({ tag }) => tag),
    scalars: Object.fromEntries(
      values.flatMap(({ tag, scalar }) => scalar ? [[tag, view(scalar).getFloat32(0, true)]] : []),
    ),
  };
}
