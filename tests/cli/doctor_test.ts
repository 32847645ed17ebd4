import { assert, assertEquals, assertMatch } from "@std/assert";
import { libraryNames } from "../../src/engine/setup/wheel.ts";
import { libraryFiles, nativeTest } from "../engine/native.ts";
import { withPlace } from "./command_line.ts";

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly fix?: string;
}

const byName = (stdout: string): Map<string, Finding> =>
  new Map((JSON.parse(stdout) as Finding[]).map((finding) => [finding.what, finding]));

Deno.test("without libtensorflow the doctor names the fix, and all is well by the portable engine", async () => {
  await withPlace(async ({ done, folder }) => {
    const { stdout } = await done(["doctor"]);
    const lines = stdout.trimEnd().split("\n");
    assert(lines.every((line) => /^(ok {2}|FAIL) {2}[\w ]+: ./.test(line)), stdout);
    const failing = lines.filter((line) => line.startsWith("FAIL") && !line.includes("CUDA"));
    assertEquals(failing.length, 1);
    assertMatch(
      failing[0],
      /^FAIL {2}libtensorflow: libtensorflow is not set up; run `deno task setup`, or use /,
    );
    assertMatch(stdout, /^ok {4}product on portable: tfjs .*$/m);
    const findings = byName((await done(["doctor", "--json"])).stdout);
    assertEquals([...findings.keys()].filter((what) => !what.startsWith("CUDA ")), [
      ...[
        "Deno",
        "platform",
        "cache folder",
        "libtensorflow",
        "sharp",
        "wasm backend",
        "product on portable",
      ],
    ]);
    assertEquals([findings.get("libtensorflow")?.ok, findings.get("product on portable")?.ok], [false, true]);
    assert(findings.get("cache folder")?.found.startsWith(`${folder}/cache`));
  });
});

Deno.test("a library that does not open is a finding, not the end of the doctor", async () => {
  await withPlace(async ({ done, folder }) => {
    for (const name of Object.values(libraryNames)) {
      await Deno.writeTextFile(`${folder}/${name}`, "no library");
    }
    const { stdout } = await done(["doctor", "--json"], { ONESHEET_TENSORFLOW: folder });
    const findings = byName(stdout);
    assertEquals([findings.get("libtensorflow")?.ok, findings.get("libtensorflow opens")?.ok], [true, false]);
    assertMatch(findings.get("libtensorflow opens")!.fix!, /ONESHEET_TENSORFLOW/);
    assertEquals([findings.get("product on portable")?.ok, findings.has("product on tensorflow")], [
      true,
      false,
    ]);
  });
});

nativeTest("with libtensorflow the doctor multiplies two matrices on it", async () => {
  await withPlace(async ({ done }) => {
    const { stdout } = await done(["doctor", "--json"], { ONESHEET_TENSORFLOW: libraryFiles!.folder });
    const found = byName(stdout).get("product on tensorflow");
    assertEquals(found?.ok, true);
    assertMatch(found!.found, /^libtensorflow \d+\.\d+\.\d+ on CPU/);
  });
});
