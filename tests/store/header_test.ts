import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { formatHeader, parseHeader } from "../../src/store/header.ts";

const parse = (json: string, dataBytes: number) =>
  parseHeader(new TextEncoder().encode(json), dataBytes, "a.st");
const entry = (dtype: string, shape: number[], begin: number, end: number) =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

const refused: readonly (readonly [what: string, json: string, dataBytes: number, sentence: string])[] = [
  ["other JSON", "[1]", 0, "expected a header of the form {…}, found other JSON"],
  ["no JSON", "hello", 0, "expected JSON, found Unexpected token"],
  ["metadata that is a list", '{"__metadata__":[1]}', 0, "expected __metadata__ of the form {…}, found [1]"],
  [
    "metadata that is no text",
    '{"__metadata__":{"a":1}}',
    0,
    'expected a text for "a" in __metadata__, found 1',
  ],
  ["an entry that is no object", '{"a":3}', 0, 'tensor "a": expected {dtype, shape, data_offsets}, found 3'],
  ["a dtype that is none", `{"a":${entry("float 32", [1], 0, 4)}}`, 4, 'found "float 32"'],
  ["a dtype that JavaScript objects have", `{"a":${entry("toString", [1], 0, 1)}}`, 1, 'found "toString"'],
  [
    "a negative size",
    `{"a":${entry("F32", [-1], 0, 4)}}`,
    4,
    "expected a shape of whole numbers, found [-1]",
  ],
  ["a fraction", `{"a":${entry("F32", [1.5], 0, 6)}}`, 6, "expected a shape of whole numbers, found [1.5]"],
  [
    "a size no number holds",
    `{"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,4]}}`,
    4,
    "whole numbers",
  ],
  [
    "sizes whose product overflows",
    `{"a":${entry("F32", [2 ** 52, 2 ** 52], 0, 0)}}`,
    0,
    "expected a shape of whole numbers, found [4503599627370496, 4503599627370496]",
  ],
  [
    "sizes that no number counts, beside a 0",
    `{"a":${entry("F32", [2 ** 52, 4, 0], 0, 0)}}`,
    0,
    "a shape of whole",
  ],
  [
    "a rank above 64",
    `{"a":${entry("U8", Array(65).fill(1), 0, 1)}}`,
    1,
    "expected a shape of whole numbers",
  ],
  [
    "an offset beyond 2^53",
    `{"a":{"dtype":"U8","shape":[1],"data_offsets":[9007199254740992,9007199254740993]}}`,
    1,
    "two whole",
  ],
  [
    "a field twice",
    '{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    1,
    'found "dtype" twice',
  ],
  [
    "a name of 513 characters",
    `{"${"x".repeat(513)}":${entry("U8", [1], 0, 1)}}`,
    1,
    "names of at most 512 printable",
  ],
  ["a name that moves the cursor", `{"a\\u001b[2J":${entry("U8", [1], 0, 1)}}`, 1, 'found "a\\u001b[2J"'],
  ["a name that turns the writing around", `{"a\u202e":${entry("U8", [1], 0, 1)}}`, 1, 'found "a\ufffd"'],
  ["a space before it", " {}", 0, "expected a header of the form {…}"],
  ["a string that does not end", '{"a', 0, "expected JSON, found Unterminated string"],
  [
    "one offset",
    '{"a":{"dtype":"F32","shape":[],"data_offsets":[0]}}',
    4,
    "data_offsets of two whole numbers",
  ],
  [
    "offsets back to front",
    `{"a":${entry("F32", [1], 4, 0)}}`,
    4,
    "expected 4 bytes for F32 [1], found bytes 4 to 0",
  ],
  [
    "too few bytes",
    `{"a":${entry("F32", [2], 0, 4)}}`,
    4,
    "expected 8 bytes for F32 [2], found bytes 0 to 4",
  ],
  [
    "an overlap",
    `{"a":${entry("F32", [2], 0, 8)},"b":${entry("F32", [2], 4, 12)}}`,
    12,
    'expected tensor "b" at byte 8, where the one before ends, found 4',
  ],
  ["a hole", `{"a":${entry("F32", [1], 4, 8)}}`, 8, 'expected tensor "a" at byte 0'],
  [
    "tensors beyond the end",
    `{"a":${entry("F32", [2], 0, 8)}}`,
    7,
    "expected 8 bytes of tensors, found 7: the file is cut",
  ],
  [
    "bytes after the last tensor",
    `{"a":${entry("F32", [1], 0, 4)}}`,
    5,
    "expected 4 bytes of tensors, found 5",
  ],
  [
    "a name twice, once escaped",
    `{"a":${entry("U8", [1], 0, 1)},"\\u0061":${entry("U8", [1], 0, 1)}}`,
    1,
    'expected every name once, found "a" twice',
  ],
];

for (const [what, json, dataBytes, sentence] of refused) {
  Deno.test(`a header with ${what} is refused, and the error says so`, () => {
    const { message } = assertThrows(() => parse(json, dataBytes), OnesheetError, sentence);
    assertEquals(message.startsWith('Cannot read "a.st": '), true);
  });
}

Deno.test("names may look like JSON, like JavaScript's own properties and repeat inside an entry", () => {
  const names = ['{"', "a\\", "__proto__", "constructor", "dtype", "F32", "0", ""];
  const entries = new Map(
    names.map((name, i) => [name, { dtype: "U8" as const, shape: [1], offsets: [i, i + 1] as const }]),
  );
  const bytes = formatHeader({ entries, metadata: { a: "b" } });
  const parsed = parseHeader(bytes.subarray(8), names.length, "a.st");
  assertEquals(parsed.metadata, { a: "b" });
  assertEquals(new Map([...parsed.entries].sort()), new Map([...entries].sort()));
});

Deno.test("a long found value is cut in the error", () => {
  const { message } = assertThrows(() => parse(`{"a":"${"x".repeat(1000)}"}`, 0), OnesheetError);
  assertEquals(message.length < 200, true);
});

Deno.test("a header nested half a million deep is refused at once", () => {
  const deep = "[".repeat(500_000) + "]".repeat(500_000);
  const levels = "expected at most 3 levels of JSON, found more";
  assertThrows(() => parse(`{"a":${deep}}`, 0), OnesheetError, levels);
  assertThrows(() => parse(`{"a":{"dtype":"F32","shape":${deep}}}`, 0), OnesheetError, levels);
});
