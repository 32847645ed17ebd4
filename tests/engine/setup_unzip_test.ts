import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { unzip } from "../../src/engine/setup/unzip.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import { zip } from "./setup_zip.ts";

/** Bytes that do not compress to nothing. */
const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (i * i >> 5) & 255);

const members = [
  { name: "folder/", bytes: new Uint8Array() },
  { name: "folder/stored", bytes: bytes(70_001) },
  { name: "folder/deflated", bytes: bytes(3_000_000), deflate: true },
];

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const zip64 of [false, true]) {
  Deno.test(`unzip writes stored and deflated members ${zip64 ? "of a zip64 archive " : ""}byte for byte`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "archive");
      await Deno.writeFile(path, zip(members, { zip64 }));
      let told = 0;
      const targets = { "folder/deflated": join(folder, "d"), "folder/stored": join(folder, "s") };
      await unzip(path, targets, (n) => told += n);
      assertEquals(await Deno.readFile(join(folder, "s")), members[1].bytes);
      assertEquals(await Deno.readFile(join(folder, "d")), members[2].bytes);
      assertEquals(told, 3_070_001);
    }));
}

Deno.test("unzip names a member that is missing", () =>
  inFolder(async (folder) => {
    const path = join(folder, "archive");
    await Deno.writeFile(path, zip(members));
    const unzipping = () => unzip(path, { "folder/other": join(folder, "o") }, () => {});
    await assertRejects(unzipping, OnesheetError, 'expected a file "folder/other" in it, found none');
  }));

Deno.test("unzip refuses a file that is no archive", () =>
  inFolder(async (folder) => {
    const path = join(folder, "archive");
    for (const content of [new Uint8Array(), bytes(100_000)]) {
      await Deno.writeFile(path, content);
      await assertRejects(() => unzip(path, {}, () => {}), OnesheetError, `Cannot unpack "${path}"`);
    }
  }));

Deno.test("unzip leaves nothing of a member whose data are damaged", () =>
  inFolder(async (folder) => {
    const path = join(folder, "archive");
    const archive = zip(members);
    archive.fill(255, 90_000, 91_000);
    await Deno.writeFile(path, archive);
    await assertRejects(() => unzip(path, { "folder/deflated": join(folder, "d") }, () => {}));
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["archive"]);
  }));
