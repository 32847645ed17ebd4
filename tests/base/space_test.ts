import { assert, assertEquals, assertRejects } from "@std/assert";
import { freeBytes, isNoSpace, noSpace, readable } from "../../src/base/space.ts";

Deno.test("bytes are said in kB, MB and GB", () => {
  assertEquals([0, 4e5, 273_829_956, 1.13e9].map(readable), ["0 kB", "400 kB", "274 MB", "1.13 GB"]);
});

Deno.test("free space is known for a folder and unknown for none", async () => {
  assert((await freeBytes("."))! > 0);
  assertEquals(await freeBytes("./no/such/folder"), undefined);
});

Deno.test("a disk that is too small is said with what it needs, what it has and the way out", () => {
  assertEquals(
    noSpace("keep the films", "/cache", 5.4e9, "1.2 GB").message,
    'Cannot keep the films in "/cache": expected 5.40 GB of free space, found 1.2 GB; free some, or set ONESHEET_CACHE ' +
      "to a folder on a larger disk",
  );
});

Deno.test({
  name: "what writing to a full disk throws is recognized",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using file = await Deno.open("/dev/full", { write: true });
    const error = await assertRejects(() => file.write(Uint8Array.of(1)));
    assert(isNoSpace(error));
    assert(!isNoSpace(new Deno.errors.NotFound("No such file")));
  },
});
