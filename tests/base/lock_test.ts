import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { claim, lock } from "../../src/base/lock.ts";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("one holder at a time: the second waits, says so, and comes after the first", () =>
  withFolder(async (folder) => {
    const path = join(folder, "new", "a.lock");
    const order: string[] = [];
    const first = await lock(path, () => order.push("the first waits"));
    const second = (async () => {
      using _held = await lock(path, () => {
        order.push("the second waits");
        queueMicrotask(() => {
          order.push("the first ends");
          first[Symbol.dispose]();
        });
      });
      order.push("the second has it");
    })();
    await second;
    assertEquals(order, ["the second waits", "the first ends", "the second has it"]);
  }));

Deno.test("a folder that cannot be made is said", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "");
    await assertRejects(
      () => lock(join(folder, "file", "a.lock")),
      OnesheetError,
      `Cannot use the cache folder "${join(folder, "file")}"`,
    );
  }));

Deno.test("a claim tells the next who holds it, and is gone with its holder", () =>
  withFolder(async (folder) => {
    const path = join(folder, "lock");
    const first = await claim(path, "the first");
    assert(!("holder" in first));
    assertEquals(await claim(path, "the second"), { holder: "the first" });
    assertEquals(await Deno.readTextFile(path), "the first");
    first[Symbol.dispose]();
    assertEquals([...Deno.readDirSync(folder)], []);
    using second = await claim(path, "2nd") as Disposable;
    assertEquals([await Deno.readTextFile(path), await claim(path, "third")], ["2nd", { holder: "2nd" }]);
    assert(second);
  }));

Deno.test("a claim that was left behind keeps nobody out, though a process has its number", () =>
  withFolder(async (folder) => {
    const path = join(folder, "lock");
    await Deno.writeTextFile(path, `process ${Deno.pid} since long ago`);
    const claimed = await claim(path, "new");
    assert(!("holder" in claimed));
    assertEquals(await Deno.readTextFile(path), "new");
    claimed[Symbol.dispose]();
  }));

Deno.test("of many that claim at once one gets it, round after round", () =>
  withFolder(async (folder) => {
    const path = join(folder, "lock");
    for (let round = 0; round < 20; round++) {
      const all = await Promise.all(Array.from({ length: 8 }, (_, i) => claim(path, `${i}`)));
      const holders = all.flatMap((one) => "holder" in one ? [] : [one]);
      assertEquals(holders.length, 1);
      holders[0][Symbol.dispose]();
    }
  }));

Deno.test("a claim whose folder is removed ends without an error", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "run"));
    const claimed = await claim(join(folder, "run", "lock"), "it");
    await Deno.remove(join(folder, "run"), { recursive: true });
    assert(!("holder" in claimed));
    claimed[Symbol.dispose]();
  }));
