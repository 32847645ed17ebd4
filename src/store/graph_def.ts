/** GraphDef (graph.proto, node_def.proto, attr_value.proto, tensor.proto) read from its bytes. */
import { fields } from "../base/protobuf.ts";

/** DataType of types.proto, as far as models here use them. */
export const dataTypes: Readonly<Record<number, string>> = {
  1: "DT_FLOAT",
  3: "DT_INT32",
  7: "DT_STRING",
  9: "DT_INT64",
  10: "DT_BOOL",
};

/** A setting of a node as the JSON form of protocol buffers has it. */
export type AttributeJson = Readonly<Record<string, unknown>>;

/** A node of a graph; a constant's numbers stay where they are. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, AttributeJson>>;
  /** Of a `Const`. */
  readonly constant?: Constant;
}

/** The numbers of a `Const`. */
export interface Constant {
  readonly dtype: "float32" | "int32" | "bool";
  readonly shape: readonly number[];
  /** Little-endian; a truth value is a byte. */
  readonly bytes: Uint8Array;
}

const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const signed = (value: bigint): number => Number(BigInt.asIntN(64, value));
const float = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);

/** Numbers that stand one after the other without keys: the bytes of a packed field as one message of field 0. */
function packed(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let value = 0n, shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte > 127) continue;
    values.push(signed(value));
    [value, shift] = [0n, 0n];
  }
  return values;
}

/** Sizes of a TensorShapeProto. */
const sizes = (bytes: Uint8Array): number[] =>
  [...fields(bytes)].filter(({ field }) => field === 2).map(({ bytes }) =>
    signed([...fields(bytes)].find(({ field }) => field === 1)?.value ?? 0n)
  );

const shapeJson = (bytes: Uint8Array) => ({ dim: sizes(bytes).map((size) => ({ size: String(size) })) });

const listJson = (bytes: Uint8Array): AttributeJson => {
  const list: Record<string, unknown[]> = {};
  for (const { field, bytes: body, value } of fields(bytes)) {
    const numbers = body.length > 0 ? packed(body) : [signed(value)];
    if (field === 2) (list.s ??= []).push(base64(body));
    if (field === 3) (list.i ??= []).push(...numbers.map(String));
    if (field === 6) (list.type ??= []).push(...numbers.map((type) => dataTypes[type]));
  }
  return list;
};

/** AttrValue as JSON; a tensor is left out, for its numbers go into a file of their own. */
function attributeJson(bytes: Uint8Array): AttributeJson {
  for (const { field, bytes: body, value } of fields(bytes)) {
    if (field === 1) return { list: listJson(body) };
    if (field === 2) return { s: base64(body) };
    if (field === 3) return { i: String(signed(value)) };
    if (field === 4) return { f: float(body) };
    if (field === 5) return { b: value === 1n };
    if (field === 6) return { type: dataTypes[Number(value)] };
    if (field === 7) return { shape: shapeJson(body) };
  }
  return { list: {} };
}

/** TensorProto: its numbers stand as they are in memory, or, of one, in a field of their type. */
function constantOf(bytes: Uint8Array): Constant {
  let dtype: Constant["dtype"] = "float32", shape: number[] = [], content: Uint8Array = new Uint8Array();
  for (const { field, bytes: body, value } of fields(bytes)) {
    if (field === 1) dtype = value === 3n ? "int32" : value === 10n ? "bool" : "float32";
    if (field === 2) shape = sizes(body);
    if (field === 4 || field === 5) content = body;
    if (field === 7) content = new Uint8Array(Int32Array.from(packed(body)).buffer);
    if (field === 11) content = Uint8Array.from(packed(body));
  }
  return { dtype, shape, bytes: content };
}

function nodeOf(bytes: Uint8Array): GraphNode {
  let name = "", op = "", constant: Constant | undefined;
  const input: string[] = [], attr: Record<string, AttributeJson> = {};
  for (const { field, bytes: body } of fields(bytes)) {
    if (field === 1) name = utf8(body);
    if (field === 2) op = utf8(body);
    if (field === 3) input.push(utf8(body));
    if (field !== 5) continue;
    const [key, value] = [...fields(body)].map((entry) => entry.bytes);
    const tensor = [...fields(value)].find(({ field }) => field === 8);
    if (tensor === undefined) attr[utf8(key)] = attributeJson(value);
    else constant = constantOf(tensor.bytes);
  }
  return { name, op, input, attr, ...(constant && { constant }) };
}

/** The nodes of a graph, in the order of its bytes. */
export const nodesOf = (graph: Uint8Array): GraphNode[] =>
  [...fields(graph)].filter(({ field }) => field === 1).map(({ bytes }) => nodeOf(bytes));
