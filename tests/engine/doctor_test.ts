import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { Finding } from "../../src/engine/doctor.ts";
import { libraryNames } from "../../src/engine/setup/wheel.ts";

/** `inspect` in a process with these environment variables; findings by what was looked at. */
async function inspected(environment: Readonly<Record<string, string>>): Promise<Map<string, Finding>> {
  const doctor = JSON.stringify(new URL("../../src/engine/doctor.ts", import.meta.url).href);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `import { inspect } from ${doctor}; console.log(JSON.stringify(await inspect()));`],
    cwd: import.meta.dirname,
    env: { ...environment },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const findings: Finding[] = JSON.parse(new TextDecoder().decode(stdout));
  return new Map(findings.map((finding) => [finding.what, finding]));
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("inspect finds Deno, the cache folder, sharp and the wasm backend in order", () =>
  inFolder(async (folder) => {
    const cache = join(folder, "cache");
    const findings = await inspected({ ONESHEET_CACHE: cache, ONESHEET_TENSORFLOW: "" });
    for (const what of ["Deno", "cache folder", "sharp", "wasm backend"]) {
      assertEquals(findings.get(what)?.ok, true, `${what}: ${findings.get(what)?.found}`);
    }
    assertStringIncludes(findings.get("cache folder")!.found, cache);
    assertEquals([...Deno.readDirSync(cache)], []);
    assertEquals(findings.get("libtensorflow")!.found, "libtensorflow is not set up");
    assertStringIncludes(findings.get("libtensorflow")!.fix!, "deno task setup");
    assert(!findings.has("libtensorflow opens"));
  }));

Deno.test("inspect reports a library that does not open and lives on", () =>
  inFolder(async (folder) => {
    for (const name of Object.values(libraryNames)) {
      await Deno.writeTextFile(join(folder, name), "no library");
    }
    const findings = await inspected({ ONESHEET_TENSORFLOW: folder });
    assertEquals(findings.get("libtensorflow")!.ok, true);
    const { ok, found, fix } = findings.get("libtensorflow opens")!;
    assert(!ok);
    assertStringIncludes(found, join(folder, libraryNames.framework));
    assertStringIncludes(fix!, "unset ONESHEET_TENSORFLOW and run `deno task setup`");
    assertEquals(findings.get("wasm backend")!.ok, true);
  }));

Deno.test("inspect reports a cache folder that cannot be written", () =>
  inFolder(async (folder) => {
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "");
    const { ok, fix } = (await inspected({ ONESHEET_CACHE: file, ONESHEET_TENSORFLOW: folder })).get(
      "cache folder",
    )!;
    assert(!ok);
    assertStringIncludes(fix!, "ONESHEET_CACHE");
  }));
