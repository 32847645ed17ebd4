import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { linkWhole, temporaryName, writeAll, writeFileWhole, writeWhole } from "../../src/base/files.ts";

/** Names in a folder, and a folder of the test's own. */
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("text and bytes are written whole, over what was there, and nothing else stays", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.txt`;
    await writeFileWhole(path, "first and longer");
    await writeFileWhole(path, "zweite ✓");
    assertEquals(await Deno.readTextFile(path), "zweite ✓");
    await writeFileWhole(path, Uint8Array.of(0, 255, 7));
    assertEquals(await Deno.readFile(path), Uint8Array.of(0, 255, 7));
    await writeFileWhole(path, "");
    assertEquals(await Deno.readTextFile(path), "");
    assertEquals(namesIn(folder), ["a.txt"]);
  });
});

Deno.test("a failure leaves the old file and no temporary one", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.txt`;
    await writeFileWhole(path, "old");
    const broken = writeWhole(path, async (file) => {
      await writeAll(file, new Uint8Array(100_000));
      throw new Error("disk full");
    });
    await assertRejects(() => broken, Error, "disk full");
    assertEquals(await Deno.readTextFile(path), "old");
    assertEquals(namesIn(folder), ["a.txt"]);
  });
});

Deno.test("while a file is being written its name still stands for the old one", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.txt`;
    await writeFileWhole(path, "old");
    await writeWhole(path, async (file) => {
      await writeAll(file, new TextEncoder().encode("new"));
      assertEquals(await Deno.readTextFile(path), "old");
    });
    assertEquals(await Deno.readTextFile(path), "new");
  });
});

Deno.test("writers of one name do not disturb each other: one of them wins", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.txt`;
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(5000));
    await Promise.all(texts.map((text) => writeFileWhole(path, text)));
    assert(texts.includes(await Deno.readTextFile(path)));
    assertEquals(namesIn(folder), ["a.txt"]);
  });
});

Deno.test("a folder that is not there is an error that names it", async () => {
  await inFolder(async (folder) => {
    const error = await assertRejects(
      () => writeFileWhole(`${folder}/none/a.txt`, "x"),
      Deno.errors.NotFound,
    );
    assert(error.message.includes(`${folder}/none/a.txt`), error.message);
  });
});

Deno.test("a temporary name is in the same folder and never comes again, in another process either", async () => {
  const names = Array.from({ length: 100 }, () => temporaryName("/runs/1/last"));
  assertEquals(new Set(names).size, 100);
  assert(names.every((name) => name.startsWith("/runs/1/last.") && name.endsWith(".tmp")));
  // What a killed process left must not stop the next, which in a container may have the same process number.
  const module = JSON.stringify(new URL("../../src/base/files.ts", import.meta.url).href);
  const named = async () => {
    const code = `Object.defineProperty(Deno, "pid", { value: 1 });
      console.log((await import(${module})).temporaryName("a"));`;
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  assertNotEquals(await named(), await named());
});

Deno.test("all bytes are written though the file takes fewer at a time", async () => {
  const taken: number[] = [];
  const slow = {
    write: (bytes: Uint8Array) => {
      const part = bytes.subarray(0, 3);
      taken.push(...part);
      return Promise.resolve(part.length);
    },
  };
  await writeAll(slow as unknown as Deno.FsFile, Uint8Array.from({ length: 10 }, (_, i) => i));
  assertEquals(taken, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("a file gets a second name in place of another file, again and again", async () => {
  await inFolder(async (folder) => {
    const [a, b] = [`${folder}/a`, `${folder}/b`];
    await Deno.writeTextFile(a, "new");
    await Deno.writeTextFile(b, "old");
    for (let i = 0; i < 2; i++) await linkWhole(a, b);
    assertEquals([await Deno.readTextFile(b), namesIn(folder)], ["new", ["a", "b"]]);
    await writeFileWhole(a, "newer");
    assertEquals(await Deno.readTextFile(b), "new");
    await assertRejects(() => linkWhole(`${folder}/none`, b), Deno.errors.NotFound);
    assertEquals([await Deno.readTextFile(b), namesIn(folder)], ["new", ["a", "b"]]);
  });
});
