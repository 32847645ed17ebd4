import { assertEquals } from "@std/assert";
import { gitOidOf, sha256Of } from "../../src/base/digest.ts";

/** By `sha256sum` and `git hash-object`. */
const known: readonly (readonly [content: string, sha256: string, git: string])[] = [
  [
    "",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
  ],
  [
    "hello\n",
    "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
    "ce013625030ba8dba906f756967f9e9ca394464a",
  ],
  [
    "x".repeat(300_000),
    "29927e273accc68286005017f7fa6e4f27bddb4db3083ff8b8d4c3667905b7fa",
    "78184600f2186f035fb38be57b32552c8659bf50",
  ],
];

Deno.test("digests of files are those of sha256sum and git", async () => {
  const path = await Deno.makeTempFile();
  try {
    for (const [content, sha256, git] of known) {
      await Deno.writeTextFile(path, content);
      assertEquals([await sha256Of(path), await gitOidOf(path)], [sha256, git]);
    }
  } finally {
    await Deno.remove(path);
  }
});
