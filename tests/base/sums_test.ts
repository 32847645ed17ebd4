import { assertEquals } from "@std/assert";
import { damageIn, damageOf, writeSums } from "../../src/base/sums.ts";

Deno.test("files are as they were written until a byte, a name or the sums are not", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const write = () =>
      Promise.all(["a", "b"].map((name) => Deno.writeTextFile(`${folder}/${name}`, `text of ${name}`)));
    const broken = async (change: () => Promise<unknown>): Promise<string | undefined> => {
      await write();
      await writeSums(folder, ["a", "b"]);
      await change();
      return (await damageIn(folder, ["a", "b"]))?.replaceAll(folder, "F");
    };
    assertEquals(await broken(() => Promise.resolve()), undefined);
    assertEquals(
      await broken(() => Deno.writeTextFile(`${folder}/b`, "text of c")),
      '"F/b" does not match its checksum',
    );
    assertEquals(await broken(() => Deno.truncate(`${folder}/a`)), '"F/a" does not match its checksum');
    assertEquals(await broken(() => Deno.remove(`${folder}/b`)), '"F/b" is missing');
    assertEquals(await broken(() => Deno.rename(`${folder}/a`, `${folder}/b`)), '"F/a" is missing');
    assertEquals(await broken(() => Deno.remove(`${folder}/SHA256SUMS`)), '"F/SHA256SUMS" is missing');
    assertEquals(
      await broken(() => Deno.truncate(`${folder}/SHA256SUMS`, 70)),
      '"F/b" does not match its checksum',
    );
    const toFolder = (name: string) => async () => {
      await Deno.remove(`${folder}/${name}`);
      await Deno.mkdir(`${folder}/${name}`);
    };
    const noFile = "cannot be read: expected a regular file, found a folder";
    assertEquals(await broken(toFolder("b")), `"F/b" ${noFile}`);
    await Deno.remove(`${folder}/b`);
    assertEquals(await broken(toFolder("SHA256SUMS")), `"F/SHA256SUMS" ${noFile}`);
    assertEquals((await damageOf(folder))?.replaceAll(folder, "F"), `"F/SHA256SUMS" ${noFile}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
