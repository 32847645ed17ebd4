/** Packed files: read as they were written, or not at all. */
import { assertEquals } from "@std/assert";
import { readPacked, writePacked } from "../../src/data/packed.ts";

const packed = {
  about: { labels: ["drama", "war"] },
  arrays: { rows: Int32Array.of(3, 1, 4), ends: Float64Array.of(0.5, 2), ids: Uint16Array.of(7) },
};

const withPacked = async (test: (path: string, bytes: Uint8Array) => Promise<void>): Promise<void> => {
  const folder = await Deno.makeTempDir(), path = `${folder}/index`;
  try {
    await writePacked(path, packed);
    await test(path, await Deno.readFile(path));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
};

Deno.test("a packed file gives back what was written", () =>
  withPacked(async (path) => assertEquals(await readPacked(path), packed)));

Deno.test("a file that is not there, one with a changed byte anywhere and one that is cut short are made again", () =>
  withPacked(async (path, bytes) => {
    assertEquals(await readPacked(`${path}.other`), undefined);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] ^= 1;
      await Deno.writeFile(path, damaged);
      assertEquals(await readPacked(path), undefined, `byte ${at}`);
    }
    for (const length of [0, 4, 8, 12, bytes.length - 8]) {
      await Deno.writeFile(path, bytes.subarray(0, length));
      assertEquals(await readPacked(path), undefined, `${length} bytes`);
    }
  }));
