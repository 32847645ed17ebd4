import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { libraryNames } from "../../src/engine/setup/wheel.ts";

/** `setup` in a process with these environment variables. */
async function run(
  args: string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; stdout: string }> {
  const module = JSON.stringify(new URL("../../src/cli/main.ts", import.meta.url).href);
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { main } from ${module}; Deno.exit(await main(["setup", ...Deno.args]));`,
      ...args,
    ],
    cwd: import.meta.dirname,
    env: { ...env },
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}

Deno.test("setup --help tells the usage and the environment variables", async () => {
  const { code, stdout } = await run(["--help"], {});
  assertEquals(code, 0);
  for (const part of ["deno task setup", "ONESHEET_TENSORFLOW", "ONESHEET_CACHE"]) {
    assertStringIncludes(stdout, part);
  }
});

Deno.test("setup refuses arguments it does not know", async () => {
  for (const argument of ["--wat", "extra"]) {
    assertEquals(await run([argument], {}), { code: 2, stdout: "" });
  }
});

Deno.test("setup prints where the library is", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of Object.values(libraryNames)) await Deno.writeTextFile(join(folder, name), "");
    const { code, stdout } = await run([], { ONESHEET_TENSORFLOW: folder });
    assertEquals([code, stdout], [0, `libtensorflow of your own is in ${folder}\n`]);
    const told = await run(["--json"], { ONESHEET_TENSORFLOW: folder });
    assertEquals(JSON.parse(told.stdout), { folder, version: "of your own", cuda: false });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
