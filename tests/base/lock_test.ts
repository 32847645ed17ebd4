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

/** What a holder of this process writes, without its time. */
const holder = (text: string) => text.replace(/since \S+Z$/, "since NOW");
const ours = `process ${Deno.pid} since NOW`;

Deno.test("a claim tells the next who holds it, and is gone with its holder", () =>
  withFolder(async (folder) => {
    const path = join(folder, "lock");
    const first = await claim(path);
    assert(!("holder" in first));
    const second = await claim(path);
    assert("holder" in second);
    assertEquals([second.holder, await Deno.readTextFile(path)].map(holder), [ours, ours]);
    first[Symbol.dispose]();
    assertEquals([...Deno.readDirSync(folder)], []);
    using third = await claim(path) as Disposable;
    assert(!("holder" in third) && "holder" in await claim(path));
  }));

Deno.test("a claim that was left behind keeps nobody out, though a process has its number", () =>
  withFolder(async (folder) => {
    const path = join(folder, "lock");
    for (const left of [`process ${Deno.pid} since long ago, with more of it`, "proc", ""]) {
      await Deno.writeTextFile(path, left);
      const claimed = await claim(path);
      assert(!("holder" in claimed));
      assertEquals(holder(await Deno.readTextFile(path)), ours);
      claimed[Symbol.dispose]();
    }
  }));

Deno.test("a link and another file of that name are refused and stay as they are", () =>
  withFolder(async (folder) => {
    const path = join(folder, "lock"), thesis = join(folder, "thesis");
    const refused = async (found: string) => {
      await assertRejects(
        () => claim(path),
        OnesheetError,
        `Cannot lock "${path}": expected the lock of an earlier run, found ${found}`,
      );
    };
    await Deno.writeTextFile(thesis, "years of work");
    await Deno.symlink(thesis, path);
    await refused("a link");
    await Deno.remove(path);
    await Deno.symlink(join(folder, "none"), path);
    await refused("a link");
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["lock", "thesis"]);
    await Deno.remove(path);
    await Deno.link(thesis, path);
    await refused("another file of that name");
    await Deno.remove(path);
    await Deno.writeTextFile(path, "process " + "x".repeat(500));
    await refused("another file of that name");
    await Deno.remove(path);
    await Deno.mkdir(path);
    await refused("something that is not a file");
    assertEquals(await Deno.readTextFile(thesis), "years of work");
  }));

Deno.test({
  name: "a pipe in a lock's place is refused and not waited for",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const path = join(folder, "lock");
      await new Deno.Command("mkfifo", { args: [path] }).output();
      await assertRejects(() => claim(path), OnesheetError, "found something that is not a file");
    }),
});

Deno.test("of many that claim at once one gets it, round after round", () =>
  withFolder(async (folder) => {
    const path = join(folder, "lock");
    for (let round = 0; round < 20; round++) {
      const all = await Promise.all(Array.from({ length: 8 }, () => claim(path)));
      const holders = all.flatMap((one) => "holder" in one ? [] : [one]);
      assertEquals(holders.length, 1);
      holders[0][Symbol.dispose]();
    }
  }));

Deno.test("a claim whose folder is removed ends without an error", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "run"));
    const claimed = await claim(join(folder, "run", "lock"));
    await Deno.remove(join(folder, "run"), { recursive: true });
    assert(!("holder" in claimed));
    claimed[Symbol.dispose]();
  }));
