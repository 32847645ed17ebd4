import { assertEquals, assertThrows } from "@std/assert";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { flagsOf, plainPaths, rights } from "../../src/cli/allowed.ts";

const here = resolve("/films"), cache = resolve("/cache");
const may = (environment: Readonly<Record<string, string>> = {}) =>
  rights((name) => ({ INIT_CWD: here, ONESHEET_CACHE: cache, HF_HOME: "/hf", ...environment })[name]);

Deno.test("runs, the cache and what ONESHEET_WRITE names may be written", () => {
  assertEquals(may().train.write, [join(here, "runs"), cache]);
  assertEquals(may().evaluate.write, [cache]);
  const ONESHEET_WRITE = ["/scratch", "mine"].join(delimiter);
  assertEquals(may({ ONESHEET_WRITE }).train.write, [
    join(here, "runs"),
    "/scratch",
    join(here, "mine"),
    cache,
  ]);
});

Deno.test("~ in paths of the environment is the same to a task's permissions and to the task", () => {
  const environment = { ONESHEET_CACHE: "~/cache", ONESHEET_WRITE: ["~/runs", "~"].join(delimiter) };
  assertEquals(may(environment).train.write, [
    join(here, "runs"),
    join(homedir(), "runs"),
    homedir(),
    join(homedir(), "cache"),
  ]);
});

Deno.test("a task is given the paths of Hugging Face's tools without variables, which it may not read", () => {
  const environment: Record<string, string> = { DISK: "/disk", HF_HOME: "${DISK}/hf", HF_HUB_CACHE: "" };
  assertEquals(plainPaths((name) => environment[name]), { HF_HOME: "/disk/hf" });
});

Deno.test("the hub is reached where HF_ENDPOINT says, which is refused where it is no address", () => {
  const hosts = (HF_ENDPOINT: string) => may({ HF_ENDPOINT }).evaluate.net;
  assertEquals(hosts(""), ["huggingface.co", "*.huggingface.co", "*.hf.co"]);
  assertEquals(hosts("http://127.0.0.1:8000/hub"), ["127.0.0.1", ...hosts("") as string[]]);
  for (const endpoint of ["huggingface.co", "localhost:80", "//", "x y"]) {
    assertThrows(() => hosts(endpoint), OnesheetError, "Cannot use HF_ENDPOINT: expected an address");
  }
});

Deno.test("large files are sent where the hub keeps them, and the hosts of another hub's store are named by ONESHEET_NET", () => {
  const { evaluate, export: exporting, push } = may({ ONESHEET_NET: "store.example, files.example" });
  const net = push.net as string[];
  assertEquals(exporting.net, net);
  assertEquals((evaluate.net as string[]).slice(-2), ["store.example", "files.example"]);
  assertEquals(net.filter((host) => host.endsWith(".amazonaws.com")).length, 4);
  assertEquals([push.ffi, push.write, push.run], [undefined, undefined, undefined]);
});

Deno.test("serve may listen on this machine, and where ONESHEET_HOST says", () => {
  const hosts = (ONESHEET_HOST: string) => may({ ONESHEET_HOST }).serve.net as string[];
  assertEquals(hosts(""), ["127.0.0.1", "localhost", "[::1]"]);
  assertEquals(hosts("0.0.0.0").at(-1), "0.0.0.0");
});

Deno.test("no task may everything of a kind but read; programs and the network only where they are its work", () => {
  for (const [name, { write, net, env, run }] of Object.entries(may())) {
    assertEquals([Array.isArray(write ?? []), Array.isArray(env), env.includes("*")], [true, true, false]);
    assertEquals(net === true, name === "setup");
    assertEquals(run?.length, name === "setup" || name === "doctor" ? 1 : undefined, name);
  }
});

Deno.test("flags hold lists, or nothing where anything is allowed", () => {
  const flags = flagsOf({ read: true, write: ["/a", "/b", "/a"], net: ["h"], env: ["X"], ffi: true }, "/");
  assertEquals(flags, [
    "--allow-read",
    "--allow-write=/a,/b",
    "--allow-net=h",
    "--allow-env=X",
    "--allow-ffi",
  ]);
});

Deno.test("a path with a comma is named as it is seen from where the process starts, or refused", () => {
  const written = (path: string, folder: string) =>
    flagsOf({ read: true, write: [path], env: [] }, folder)[1];
  assertEquals(written("/a,b/runs", "/a,b"), "--allow-write=runs");
  assertEquals(written("/a,b/cache", "/a,b/c/d"), "--allow-write=../../cache");
  assertEquals(written("/a,b", "/a,b"), "--allow-write=.");
  assertThrows(() => written("/a,b/runs", "/c"), OnesheetError, 'Cannot permit "/a,b/runs" to be used');
  assertThrows(() => written("/c/a,b", "/c"), OnesheetError, "Deno's flags take no comma");
});
