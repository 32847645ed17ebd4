import { assertEquals } from "@std/assert";
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../src/base/cache.ts";

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
