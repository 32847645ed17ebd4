import { assertEquals, assertRejects } from "@std/assert";
import { homedir } from "node:os";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { cacheFolder, inCache } from "../../src/base/cache.ts";

const folderWith = (variables: Readonly<Record<string, string>>): string =>
  cacheFolder((name) => variables[name]);

const platform: Partial<Record<typeof Deno.build.os, string>> = {
  linux: join(homedir(), ".cache"),
  darwin: join(homedir(), "Library", "Caches"),
  windows: join(homedir(), "AppData", "Local"),
};

Deno.test("the cache folder is ONESHEET_CACHE, else onesheet in XDG_CACHE_HOME, else in the platform's cache", () => {
  assertEquals(folderWith({ ONESHEET_CACHE: "/own", XDG_CACHE_HOME: "/xdg" }), "/own");
  assertEquals(folderWith({ XDG_CACHE_HOME: "/xdg" }), join("/xdg", "onesheet"));
  assertEquals(folderWith({}), join(platform[Deno.build.os]!, "onesheet"));
});

Deno.test("an empty variable counts as none", () => {
  assertEquals(folderWith({ ONESHEET_CACHE: "", XDG_CACHE_HOME: "/xdg" }), join("/xdg", "onesheet"));
});

Deno.test("what the system refuses in the cache names the folder and the way out; other errors stay as they are", async () => {
  const refused = (thrown: Error) => inCache("the plots", "/cache/films", () => Promise.reject(thrown));
  for (
    const [thrown, why] of [
      [new Deno.errors.PermissionDenied("Read-only file system (os error 30)"), "Read-only file system"],
      [new Error("No space left on device (os error 28)"), "the disk is full"],
    ] as const
  ) {
    const { message } = await assertRejects(() => refused(thrown), OnesheetError);
    assertEquals(
      message.startsWith(`Cannot write the plots into the cache folder "/cache/films": ${why}`),
      true,
    );
    assertEquals(
      message.endsWith("; set ONESHEET_CACHE to a folder that can be written to and has room"),
      true,
    );
  }
  const own = new OnesheetError("Cannot use this data");
  assertEquals(await assertRejects(() => refused(own)), own);
  assertEquals(await inCache("the plots", "/cache", () => Promise.resolve(3)), 3);
});
