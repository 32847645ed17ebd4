import { createHash } from "node:crypto";
import { assertEquals, assertNotEquals } from "@std/assert";
import { contentDigests } from "../../src/data/content_digest.ts";

/** A later time, at which nothing was changed within the last tick. */
const later = () => Date.now() + 3600_000;

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** The digest as a new process finds it; `info` stands for what the system says of the file. */
async function digest(folder: string, now?: () => number, info?: Deno.FileInfo): Promise<string> {
  const digests = await contentDigests(folder, `${folder}/cache`, now);
  const found = await digests.of(`${folder}/a`, info ?? await Deno.stat(`${folder}/a`));
  await digests.remember();
  return found;
}

Deno.test("a file that has not changed is not read again", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "one");
    const info = await Deno.stat(`${folder}/a`);
    assertEquals(await digest(folder, later), sha256("one"));
    await Deno.remove(`${folder}/a`);
    assertEquals(await digest(folder, later, info), sha256("one"));
    assertEquals(await digest(folder, later, info), sha256("one"));
  }));

Deno.test("a replaced file of equal size and modification time has its own digest", () =>
  withFolder(async (folder) => {
    const write = async (text: string) => {
      await Deno.writeTextFile(`${folder}/a`, text);
      await Deno.utime(`${folder}/a`, 1577836800, 1577836800);
    };
    await write("one");
    const [info, first] = [await Deno.stat(`${folder}/a`), await digest(folder, later)];
    await write("two");
    const now = await Deno.stat(`${folder}/a`);
    // What the system does by itself once its clock has moved on.
    const changed = { ...now, ctime: new Date(now.ctime!.getTime() + 1000) };
    assertEquals([now.size, now.mtime], [info.size, info.mtime]);
    assertNotEquals(await digest(folder, later, changed), first);
  }));

Deno.test("a file that changed just before it was read, or in the future, is read again each time", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "one");
    const info = await Deno.stat(`${folder}/a`), changed = info.ctime!.getTime();
    for (const now of [changed, changed + 1999, changed - 3600_000]) {
      await Deno.writeTextFile(`${folder}/a`, "one");
      assertEquals(await digest(folder, () => now, info), sha256("one"));
      await Deno.writeTextFile(`${folder}/a`, "two");
      assertEquals(await digest(folder, () => now, info), sha256("two"));
    }
  }));

Deno.test("where the system does not say when a file changed it is read each time", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "one");
    const info = { ...await Deno.stat(`${folder}/a`), ctime: null };
    assertEquals(await digest(folder, later, info), sha256("one"));
    await Deno.writeTextFile(`${folder}/a`, "two");
    assertEquals(await digest(folder, later, info), sha256("two"));
  }));

Deno.test("files of any number and size have the digests of their content, and a damaged index is made anew", () =>
  withFolder(async (folder) => {
    const sizes = [0, 1, 2 ** 24, 2 ** 24 + 1];
    for (const size of sizes) await Deno.writeFile(`${folder}/${size}`, new Uint8Array(size).fill(7));
    const found = async () => {
      const digests = await contentDigests(folder, `${folder}/cache`, later);
      const all = await Promise.all(
        sizes.map(async (size) =>
          await digests.of(`${folder}/${size}`, await Deno.stat(`${folder}/${size}`))
        ),
      );
      await digests.remember();
      return all;
    };
    const expected = sizes.map((size) =>
      createHash("sha256").update(new Uint8Array(size).fill(7)).digest("hex")
    );
    assertEquals([await found(), await found()], [expected, expected]);
    const [{ name }] = Deno.readDirSync(`${folder}/cache/digests`), index = `${folder}/cache/digests/${name}`;
    const bytes = await Deno.readFile(index);
    bytes[bytes.length - 9] ^= 1;
    await Deno.writeFile(index, bytes);
    assertEquals(await found(), expected);
  }));

Deno.test("a cache that cannot be written to costs only time", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "one");
    await Deno.writeTextFile(`${folder}/cache`, "a file where the folder should be");
    assertEquals(await digest(folder, later), sha256("one"));
  }));
