/** Damaged files: what bit rot, a cut and ill will make of a sound one. Each is a function of its seed. */
import { random } from "../../../src/base/random.ts";

type Draw = ReturnType<typeof random>;
type Mutation = (text: string, draw: Draw) => string;

const letters = '{}[]",:\\0123456789-+.eEFIB\u0000\u001b\u00ff';

/** Numbers at the edges of what can be counted, and beyond. */
const numbers = [
  "0",
  "-1",
  "1.5",
  "4294967296",
  "9007199254740991",
  "9007199254740992",
  "9223372036854775807",
  "18446744073709551616",
  "1e400",
  "-0",
  "1e3",
  "null",
  '"1"',
  "[]",
];

const dtypes = [
  "F64",
  "F32",
  "F16",
  "BF16",
  "I64",
  "I32",
  "I16",
  "U8",
  "BOOL",
  "F8_E4M3",
  "C64",
  "constructor",
  "",
];

/** Names that mean something to JavaScript, to JSON or to a terminal. */
const names = [
  "__proto__",
  "constructor",
  "toString",
  "__metadata__",
  "",
  "a\\u0000b",
  "\\u001b[2J",
  "\\ud800",
  "x".repeat(600),
  "../../etc/passwd",
  "dtype",
];

const pick = <T>({ integer }: Draw, items: readonly T[]): T => items[integer(items.length)];

/** The text with one match of the pattern replaced. */
function replaceOne(text: string, pattern: RegExp, draw: Draw, by: (found: string) => string): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const { 0: match, index } = pick(draw, found);
  return text.slice(0, index) + by(match) + text.slice(index + match.length);
}

const entry = /"[^"]*":\{[^{}]*\},?/g, number = /-?\d+(\.\d+)?/g, word = /"[^"]*"/g;

const mutations: readonly Mutation[] = [
  // Bytes.
  (text, { integer }) => text.slice(0, integer(text.length)) + text.slice(integer(text.length)),
  (text, { integer }) => text.slice(0, integer(text.length)),
  (text, { integer }) => text + String.fromCharCode(integer(256)).repeat(1 + integer(40)),
  (text, draw) => splice(text, draw, 0, pick(draw, [...letters])),
  (text, draw) => splice(text, draw, 1, pick(draw, [...letters])),
  (text, draw) => splice(text, draw, 1, String.fromCharCode(draw.integer(256))),
  (text, draw) => splice(text, draw, draw.integer(20), ""),
  (text, draw) => splice(text, draw, 0, text.substr(draw.integer(text.length), draw.integer(40))),
  // JSON.
  (text, draw) => replaceOne(text, number, draw, () => pick(draw, numbers)),
  (text, draw) => replaceOne(text, word, draw, () => `"${pick(draw, dtypes)}"`),
  (text, draw) => replaceOne(text, word, draw, () => `"${pick(draw, names)}"`),
  (text, draw) => replaceOne(text, entry, draw, () => ""),
  (text, draw) => replaceOne(text, entry, draw, (found) => found.replace(/,?$/, ",") + found),
  (text, draw) => replaceOne(text, /"\w/g, draw, (found) => `"\\u00${found.charCodeAt(1).toString(16)}`),
  (text, draw) =>
    replaceOne(text, /\[[^\[\]]*\]/g, draw, () => `[${Array(draw.integer(300)).fill(draw.integer(2))}]`),
  (text, draw) => {
    const depth = draw.integer(2000);
    return replaceOne(text, number, draw, (found) => "[".repeat(depth) + found + "]".repeat(depth));
  },
  (text, draw) =>
    replaceOne(text, /\[\d+,\d+\]/g, draw, () => pick(draw, text.match(/\[\d+,\d+\]/g) ?? ["[0,0]"])),
];

const splice = (text: string, { integer }: Draw, removed: number, added: string): string => {
  const at = integer(text.length + 1);
  return text.slice(0, at) + added + text.slice(at + removed);
};

/** One to three mutations of a text with a character for every byte. */
export function mutated(text: string, seed: number): string {
  const draw = random(seed, "mutation");
  for (let changes = 1 + draw.integer(3); changes > 0; changes--) text = pick(draw, mutations)(text, draw);
  return text;
}

/** The bytes of a text with a character for every byte. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (c) => c.charCodeAt(0));

/** A text with a character for every byte. */
export const textOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/**
 * A mutated safetensors file. Most mutations move the end of the header; in four of five its length is set right, so that
 * they reach what lies behind that check.
 */
export function mutatedFile(text: string, seed: number): Uint8Array<ArrayBuffer> {
  const { uniform, integer } = random(seed, "length");
  const bytes = bytesOf(mutated(text, seed));
  if (bytes.length < 8) return bytes;
  const view = new DataView(bytes.buffer);
  const end = bytes.lastIndexOf("}".charCodeAt(0)) + 1;
  const chance = uniform();
  if (chance < 0.8 && end > 8) view.setBigUint64(0, BigInt(end - 8), true);
  else if (chance < 0.85) view.setBigUint64(0, BigInt(2 ** integer(53)) * 1024n, true);
  return bytes;
}
