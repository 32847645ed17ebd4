import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { decodeText, readText, textReader } from "../../src/base/text.ts";

const utf8 = new TextEncoder();
const bytesOf = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => typeof part === "string" ? [...utf8.encode(part)] : part));

/** UTF-16 with or without its mark. */
function utf16(text: string, { little = true, mark = true } = {}): Uint8Array {
  const units = (mark ? "\ufeff" : "") + text, bytes = new Uint8Array(2 * units.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < units.length; i++) view.setUint16(2 * i, units.charCodeAt(i), little);
  return bytes;
}

/** A text in pieces of this many bytes. */
function inPieces(bytes: Uint8Array, size: number): string {
  const reader = textReader();
  let text = "";
  for (let at = 0; at < bytes.length; at += size) text += reader.next(bytes.subarray(at, at + size));
  return text + reader.end();
}

const TEXT = "poster,plot\r\n1.png,é 東京 😀 علمی\u200cتخیلی\n";

Deno.test("a text is the same in UTF-8 and UTF-16, with a mark, in pieces of any size", () => {
  const all = [
    utf8.encode(TEXT),
    utf8.encode("\ufeff" + TEXT),
    utf16(TEXT),
    utf16(TEXT, { little: false }),
  ];
  for (const bytes of all) {
    assertEquals(decodeText(bytes), TEXT);
    for (const size of [1, 2, 3, 5, 7, 64]) assertEquals(inPieces(bytes, size), TEXT);
  }
});

Deno.test("only the first mark goes; the empty text and a mark alone are empty", () => {
  assertEquals(decodeText(utf8.encode("\ufeff\ufeffa")), "\ufeffa");
  assertEquals(decodeText(utf8.encode("a\ufeff")), "a\ufeff");
  for (const bytes of [new Uint8Array(), utf8.encode("\ufeff"), utf16("")]) {
    assertEquals(decodeText(bytes), "");
  }
  assertEquals(decodeText(utf8.encode("a")), "a");
});

Deno.test("what is no UTF-8 is refused by the line of its first bad byte, with a way out", () => {
  const refused = (bytes: Uint8Array, line: number, found: string) => {
    const reason = `expected UTF-8, found the byte ${found} on line ${line} after `;
    assertThrows(() => decodeText(bytes), Error, reason);
    for (const size of [1, 2, 3, 64]) assertThrows(() => inPieces(bytes, size), Error, reason);
    assertThrows(() => decodeText(bytes), Error, "iconv -f cp1252 -t utf-8 OLD > NEW");
  };
  refused(bytesOf("a,b\n1,trag", [0xe9], "die\n2,trag", [0xe8], "die\n"), 2, "0xE9");
  assertThrows(() => inPieces(bytesOf("a\nUn ", [0xe9]), 2), Error, 'on line 2 after "Un "');
  refused(bytesOf([0xe9], "t\u00e9"), 1, "0xE9");
  refused(bytesOf("\ufffd\n\n", [0x80]), 3, "0x80");
  refused(bytesOf("a\r\nb\r\n\u00e9", [0xc3]), 3, "0xC3");
  refused(bytesOf("a\rb\rc", [0xff]), 3, "0xFF");
  refused(bytesOf("a\n", [0xed, 0xa0, 0x80]), 2, "0xED"); // a surrogate
  refused(bytesOf("a\n", [0xc0, 0x80]), 2, "0xC0"); // an overlong NUL
  refused(bytesOf("x".repeat(2000) + "\n", [0xf0, 0x9f, 0x98]), 2, "0xF0");
});

Deno.test("UTF-16 that breaks off, has half a character or has no mark is refused", () => {
  assertThrows(
    () => decodeText(utf16("a\nb").subarray(0, 7)),
    Error,
    "expected UTF-16LE, found the byte 0x62 on line 2",
  );
  assertThrows(() => decodeText(utf16("a\n\ud800b", { little: false })), Error, "expected UTF-16BE, found");
  for (const little of [true, false]) {
    assertThrows(
      () => decodeText(utf16(TEXT, { mark: false, little })),
      Error,
      "expected UTF-8, found UTF-16 without a byte order mark",
    );
  }
  assertThrows(() => decodeText(utf16("é\u4e00\n", { mark: false })), Error, "expected UTF-8, found");
});

Deno.test("a NUL character is no text", () => {
  assertThrows(() => decodeText(utf8.encode("a\nb\0\0")), Error, "found a NUL character on line 2");
});

Deno.test("a file's errors name it; one that is not there stays NotFound", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a.txt`;
    await Deno.writeFile(path, utf16(TEXT));
    assertEquals(await readText(path), TEXT);
    await assertRejects(
      () => readText(path, 8),
      OnesheetError,
      `Cannot read "${path}": expected at most 8 bytes`,
    );
    await Deno.writeFile(path, bytesOf([0xe9]));
    await assertRejects(
      () => readText(path),
      OnesheetError,
      `Cannot read "${path}": expected UTF-8, found the byte`,
    );
    await assertRejects(() => readText(folder), OnesheetError, "expected a regular file, found a folder");
    await assertRejects(() => readText(`${folder}/none`), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
