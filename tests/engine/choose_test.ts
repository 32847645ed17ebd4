/** Which engine a name gets where native code is not permitted, and where libtensorflow is not set up. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a process with these permissions gets for a name; its cache folder is empty. */
async function chosen(name: string, permissions: readonly string[]): Promise<string> {
  const cache = await Deno.makeTempDir();
  try {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", ...permissions, "tests/engine/choose_process.ts", name],
      cwd: root,
      env: { ONESHEET_CACHE: cache, ONESHEET_TENSORFLOW: "", NO_COLOR: "1" },
    }).output();
    return new TextDecoder().decode(stdout).trim();
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

const withoutNative = ["--allow-read", "--allow-env", "--allow-sys"];

Deno.test("where native code is not permitted, auto runs on WebAssembly and tensorflow is refused", async () => {
  assertEquals(await chosen("auto", withoutNative), "portable");
  assertStringIncludes(await chosen("tensorflow", withoutNative), "Cannot ");
});

Deno.test("where libtensorflow is not set up, auto runs on WebAssembly and tensorflow is refused with the way out", async () => {
  assertEquals(await chosen("auto", ["-A"]), "portable");
  assertStringIncludes(await chosen("tensorflow", ["-A"]), "run `deno task setup`");
});
