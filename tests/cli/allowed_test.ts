import { assertEquals } from "@std/assert";
import { delimiter, join, resolve } from "node:path";
import { allowed } from "../../src/cli/allowed.ts";

const here = resolve("/films"), cache = resolve("/cache");
const lists = (environment: Readonly<Record<string, string>>) =>
  allowed((name) => ({ INIT_CWD: here, ONESHEET_CACHE: cache, HF_HOME: "/hf", ...environment })[name]);

Deno.test("runs, the cache and what ONESHEET_WRITE names may be written", () => {
  assertEquals(lists({}).write, [join(here, "runs"), cache]);
  assertEquals(lists({}).cache, [cache]);
  const ONESHEET_WRITE = ["/scratch", "mine"].join(delimiter);
  assertEquals(lists({ ONESHEET_WRITE }).write, [
    join(here, "runs"),
    "/scratch",
    join(here, "mine"),
    cache,
  ]);
});

Deno.test("the project, where the person stands, what may be written and what ONESHEET_READ names may be read", () => {
  const ONESHEET_READ = "/data", ONESHEET_TENSORFLOW = "/tensorflow";
  assertEquals(lists({ ONESHEET_READ, ONESHEET_TENSORFLOW }).read, [
    ...[Deno.cwd(), here, join(here, "runs"), cache, "/data", "/tensorflow", "/usr/bin/ldd"],
  ]);
});

Deno.test("the hub is reached where HF_ENDPOINT says", () => {
  assertEquals(lists({}).net, ["huggingface.co", "*.huggingface.co", "*.hf.co"]);
  assertEquals(lists({ HF_ENDPOINT: "http://127.0.0.1:8000/hub" }).net[0], "127.0.0.1");
});

Deno.test("serve may listen on this machine, and where ONESHEET_HOST says", () => {
  assertEquals(lists({}).listen, ["127.0.0.1", "localhost", "[::1]"]);
  assertEquals(lists({ ONESHEET_HOST: "0.0.0.0" }).listen.at(-1), "0.0.0.0");
  assertEquals(lists({ ONESHEET_HOST: "" }).listen.length, 3);
});
