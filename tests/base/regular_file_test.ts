import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fileFault, openRegular, readRegular, statRegular } from "../../src/base/regular_file.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const faultOf = async (read: () => Promise<unknown>): Promise<string> =>
  fileFault(await assertRejects(read, Error));

Deno.test("a regular file is read, through a link too, up to its limit and not beyond", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a`, link = `${folder}/link`;
    await Deno.writeFile(path, Uint8Array.of(1, 2, 3));
    await Deno.symlink(path, link);
    assertEquals(await readRegular(path, 3), Uint8Array.of(1, 2, 3));
    assertEquals(await readRegular(link, 3), Uint8Array.of(1, 2, 3));
    assertEquals(await faultOf(() => readRegular(path, 2)), "expected at most 2 bytes, found 3");
    assertEquals((await statRegular(path)).size, 3);
    (await openRegular(path, 3)).close();
    await Deno.writeFile(path, new Uint8Array());
    assertEquals(await readRegular(path, 3), new Uint8Array());
  });
});

Deno.test({
  name: "pipes, devices, sockets and folders are refused at once, by what they are",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await inFolder(async (folder) => {
      const pipe = `${folder}/pipe`, socket = `${folder}/socket`;
      await new Deno.Command("mkfifo", { args: [pipe] }).output();
      using _server = Deno.listen({ transport: "unix", path: socket });
      const kinds = {
        [pipe]: "a named pipe",
        [socket]: "a socket",
        "/dev/zero": "a device",
        [folder]: "a folder",
      };
      for (const [path, kind] of Object.entries(kinds)) {
        for (const read of [statRegular, openRegular, (path: string) => readRegular(path, 9)]) {
          assertEquals(await faultOf(() => read(path)), `expected a regular file, found ${kind}`);
        }
      }
    });
  },
});

Deno.test("what the system refuses has a short reason without the path", async () => {
  await inFolder(async (folder) => {
    const loop = `${folder}/loop`, plain = `${folder}/plain`;
    await Deno.symlink(loop, loop);
    await Deno.writeTextFile(plain, "");
    const faults = {
      [`${folder}/none`]: "no such file",
      [`${plain}/below`]: "no such file",
      [`${folder}/${"x".repeat(3000)}`]: "a file's name cannot be this long",
      [`${folder}/a\0b`]: "a file's name cannot hold a NUL character",
      [loop]: "its links lead in a circle",
    };
    for (const [path, fault] of Object.entries(faults)) {
      assertEquals(await faultOf(() => readRegular(path, 9)), fault);
    }
    await assertRejects(() => readRegular(`${folder}/none`, 9), Deno.errors.NotFound);
  });
});

Deno.test("a permission that Deno withholds is said as everywhere else", () => {
  const denied = new Deno.errors.NotCapable(
    'Requires read access to "/x", run again with the --allow-read flag',
  );
  assertStringIncludes(fileFault(Object.assign(denied, { code: "EACCES" })), "this process may not");
  assertEquals(fileFault("a text"), "a text");
});
