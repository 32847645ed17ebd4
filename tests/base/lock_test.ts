import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { lock } from "../../src/base/lock.ts";

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
