import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { hasPip } from "../../src/engine/setup/pip.ts";
import { libraryNames } from "../../src/engine/setup/wheel.ts";
import { archive, broken, libraries, type Outcome, type Place, wheel, withIndex } from "./setup_index.ts";

const LOCK = "tensorflow-2.21.0.lock", FOLDER = "tensorflow-2.21.0", PART = `${wheel.file}.part`;

/** The two libraries are there, whole, and nothing else. */
async function assertReady({ success, stdout, stderr }: Outcome, { cache, cached }: Place): Promise<void> {
  assert(success, stderr);
  const folder = join(cache, FOLDER);
  const [core, framework] = [join(folder, libraryNames.core), join(folder, libraryNames.framework)];
  assertEquals(JSON.parse(stdout), { folder, core, framework, version: "2.21.0" });
  assertEquals(await Deno.readFile(core), libraries.core);
  assertEquals(await Deno.readFile(framework), libraries.framework);
  assertEquals(cached(), [FOLDER, LOCK]);
  assertEquals([...Deno.readDirSync(folder)].length, 2);
}

function assertRefused({ success, stderr }: Outcome, ...parts: readonly string[]): void {
  assert(!success);
  for (const part of parts) assertStringIncludes(stderr, part);
}

for (const kind of ["json", "html"]) {
  Deno.test(`prepare finds the wheel in a ${kind} index and unpacks it once`, () =>
    withIndex(async (place) => {
      const environment = { PIP_INDEX_URL: `${place.index}${kind}` };
      await assertReady(await place.prepare(environment), place);
      await assertReady(await place.prepare(environment), place);
      assertEquals(place.ranges, [null]);
    }));
}

Deno.test("prepare signs in to an index whose address holds a name and a password, and shows neither", () =>
  withIndex(async (place) => {
    const UV_DEFAULT_INDEX = place.index.replace("//", "//user:secret@") + "private/";
    const outcome = await place.prepare({ UV_DEFAULT_INDEX: `name=${UV_DEFAULT_INDEX}` });
    await assertReady(outcome, place);
    const refused = await place.prepare({ UV_DEFAULT_INDEX, ONESHEET_CACHE: join(place.folder, "b") }, {
      ...wheel,
      file: "other-2.21.0-cp311-cp311-any.whl",
    });
    assertRefused(refused, "Cannot find other-2.21.0-cp311-cp311-any.whl in the package index at 127.0.0.1");
    assert(!`${outcome.stderr}${refused.stderr}`.includes("secret"));
  }));

Deno.test("prepare reads the index from pip's configuration file", () =>
  withIndex(async (place) => {
    const path = join(place.folder, "pip.conf");
    await Deno.writeTextFile(path, `[global]\ntimeout = 9\nindex-url = ${place.index}html/\n`);
    await assertReady(await place.prepare({ PIP_CONFIG_FILE: path }), place);
  }));

Deno.test({
  name: "prepare fetches with pip where there is one",
  ignore: !await hasPip(),
  fn: () =>
    withIndex(async (place) => {
      const outcome = await place.prepare({
        PATH: Deno.env.get("PATH")!,
        PIP_INDEX_URL: `${place.index}html`,
      });
      await assertReady(outcome, place);
      assertStringIncludes(outcome.stderr, "with pip");
      assert(!outcome.stderr.includes("from the package index"), outcome.stderr);
    }),
});

Deno.test({
  name: "prepare refuses a wheel with another hash that pip fetched",
  ignore: !await hasPip(),
  fn: () =>
    withIndex(async (place) => {
      const environment = { PATH: Deno.env.get("PATH")!, PIP_INDEX_URL: `${place.index}html` };
      const outcome = await place.prepare(environment, { ...wheel, sha256: "0".repeat(64) });
      assertRefused(outcome, `expected SHA-256 ${"0".repeat(64)}, found ${wheel.sha256}`);
      assertStringIncludes(outcome.stderr, "with pip");
      assertEquals(place.cached(), [LOCK]);
    }),
});

Deno.test({
  name: "prepare says why pip failed when there is no other way",
  ignore: !await hasPip(),
  fn: () =>
    withIndex(async (place) => {
      const outcome = await place.prepare({ PATH: Deno.env.get("PATH")!, PIP_NO_INDEX: "1" });
      assertRefused(outcome, "pip failed: No matching distribution found for onesheet-fake==2.21.0");
      assertEquals(place.cached(), [LOCK]);
    }),
});

Deno.test("prepare goes on after a cut connection", () =>
  withIndex(async (place) => {
    const outcome = await place.prepare({ PIP_INDEX_URL: `${place.index}json` });
    await assertReady(outcome, place);
    assertEquals(place.ranges, [null, "bytes=40000-"]);
    assertStringIncludes(outcome.stderr, `download ${archive.length}/${archive.length}`);
    assertStringIncludes(outcome.stderr, "unpack 950000/950000");
  }, (rest, turn) => turn === 0 ? broken(rest, 40_000, "cut") : rest));

Deno.test("prepare goes on where a killed process stopped", () =>
  withIndex(async (place) => {
    const environment = { PIP_INDEX_URL: `${place.index}json` };
    const killed = place.start(environment);
    const part = join(place.cache, PART);
    const size = () => Deno.stat(part).then(({ size }) => size, () => 0);
    for (let tries = 0; tries < 500 && await size() < 40_000; tries++) {
      await new Promise((done) => setTimeout(done, 20));
    }
    killed.kill("SIGKILL");
    await killed.output();
    assertEquals(place.cached().includes(FOLDER), false);
    await assertReady(await place.prepare(environment), place);
    assertEquals(place.ranges, [null, "bytes=40000-"]);
  }, (rest, turn) => turn === 0 ? broken(rest, 40_000, "silent") : rest));

Deno.test("prepare refuses a wheel with another hash and leaves nothing of it", () =>
  withIndex(async (place) => {
    const sha256 = "0".repeat(64);
    const outcome = await place.prepare({ PIP_INDEX_URL: `${place.index}json` }, { ...wheel, sha256 });
    assertRefused(outcome, `Cannot use ${wheel.file}: expected SHA-256 ${sha256}, found ${wheel.sha256}`);
    assertEquals(place.cached(), [LOCK]);
  }));

Deno.test("two processes that prepare at once download once", () =>
  withIndex(async (place) => {
    const environment = { PIP_INDEX_URL: `${place.index}json` };
    const outcomes = await Promise.all([place.prepare(environment), place.prepare(environment)]);
    for (const outcome of outcomes) await assertReady(outcome, place);
    assertEquals(place.ranges, [null]);
  }));

Deno.test("prepare replaces a folder that lacks a library and clears what a killed process left", () =>
  withIndex(async (place) => {
    await Deno.mkdir(join(place.cache, FOLDER), { recursive: true });
    await Deno.writeTextFile(join(place.cache, FOLDER, libraryNames.core), "half");
    await Deno.mkdir(join(place.cache, `${FOLDER}.work`, "unpacked"), { recursive: true });
    await assertReady(await place.prepare({ PIP_INDEX_URL: `${place.index}json` }), place);
  }));

Deno.test("prepare uses ONESHEET_TENSORFLOW, and says so when it names a folder without the libraries", () =>
  withIndex(async (place) => {
    const ONESHEET_TENSORFLOW = place.folder;
    assertRefused(
      await place.prepare({ ONESHEET_TENSORFLOW }),
      `Cannot find libtensorflow in ONESHEET_TENSORFLOW="${place.folder}": expected a folder that holds ` +
        `${libraryNames.core} and ${libraryNames.framework}`,
    );
    const [core, framework] = [libraryNames.core, libraryNames.framework].map((name) =>
      join(place.folder, name)
    );
    for (const path of [core, framework]) await Deno.writeTextFile(path, "");
    const { stdout } = await place.prepare({ ONESHEET_TENSORFLOW });
    assertEquals(JSON.parse(stdout), { folder: place.folder, core, framework });
    assertEquals(place.ranges, []);
  }));

Deno.test("prepare names every way out when there is neither pip nor an index", () =>
  withIndex(async (place) => {
    assertRefused(await place.prepare({}), "install pip", "PIP_INDEX_URL", "ONESHEET_TENSORFLOW");
    assertEquals(place.cached(), [LOCK]);
  }));

Deno.test("prepare names the wheel that an index does not list", () =>
  withIndex(async (place) => {
    const outcome = await place.prepare({ PIP_INDEX_URL: `${place.index}empty` });
    assertRefused(outcome, `Cannot find ${wheel.file} in the package index at 127.0.0.1`, "it lists 0 files");
  }));

Deno.test("prepare says how much space it needs before it downloads onto a disk that is too small", () =>
  withIndex(async (place) => {
    const outcome = await place.prepare({ PIP_INDEX_URL: `${place.index}json` }, {
      ...wheel,
      unpacked: 1e18,
    });
    assertMatch(
      outcome.stderr,
      /expected 1000000000\.00 GB of free space, found .* [GM]B; .* ONESHEET_CACHE/,
    );
    assertEquals(place.ranges, []);
  }));

Deno.test("prepare says what to do about a cache folder that cannot be made", () =>
  withIndex(async (place) => {
    const file = join(place.folder, "file");
    await Deno.writeTextFile(file, "");
    assertRefused(
      await place.prepare({ ONESHEET_CACHE: file }),
      `Cannot use the cache folder "${file}"`,
      "ONESHEET_CACHE",
    );
  }));
