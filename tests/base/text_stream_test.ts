import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { filePieces, textLines, textPieces } from "../../src/base/text_stream.ts";

async function* piecesOf(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
}

const SIZES = [1, 2, 3, 5, 1000];

Deno.test("lines end with LF, CRLF or CR, wherever pieces end; the last needs no end", async () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    for (const last of ["", end]) {
      for (const size of SIZES) {
        const text = ["a", "", "bc", "d"].join(end) + last;
        assertEquals(await Array.fromAsync(textLines(piecesOf(text, size), 10)), ["a", "", "bc", "d"]);
      }
    }
  }
  assertEquals(await Array.fromAsync(textLines(piecesOf("", 1), 10)), []);
});

Deno.test("a line that is too long is passed over, and those after it keep their places", async () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = ["1234", "12345", "x".repeat(50), "a", "y".repeat(50)].join(end);
    for (const size of SIZES) {
      const lines = await Array.fromAsync(textLines(piecesOf(text, size), 4));
      assertEquals(lines, ["1234", undefined, undefined, "a", undefined]);
    }
  }
});

Deno.test("a file's pieces are its text; what is no text is refused by file and line, a pipe at once", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a.txt`, text = "é 東京\n".repeat(50_000);
    await Deno.writeTextFile(path, "\ufeff" + text);
    assertEquals((await Array.fromAsync(filePieces(path))).join(""), text);
    await Deno.writeFile(path, Uint8Array.of(0xe9), { append: true });
    await assertRejects(
      () => Array.fromAsync(filePieces(path)),
      OnesheetError,
      `Cannot read "${path}": expected UTF-8, found the byte 0xE9 on line 50001`,
    );
    await assertRejects(() => Array.fromAsync(filePieces(folder)), OnesheetError, "found a folder");
    await assertRejects(() => Array.fromAsync(filePieces(`${folder}/none`)), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("pieces may end within a character", async () => {
  const bytes = new TextEncoder().encode("\ufeffé😀");
  const single = async function* () {
    for (const byte of bytes) yield await Promise.resolve(Uint8Array.of(byte));
  };
  assertEquals((await Array.fromAsync(textPieces(single()))).join(""), "é😀");
});
