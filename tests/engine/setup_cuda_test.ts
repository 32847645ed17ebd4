/** The CUDA build: several wheels, one folder of its own. The real ones are too large for a test. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { loadingOrder } from "../../src/engine/cuda/libraries.ts";
import { type Build, buildHere, folders } from "../../src/engine/setup/builds.ts";
import { cudaWheels } from "../../src/engine/setup/cuda_wheels.ts";
import { libraryNames } from "../../src/engine/setup/wheel.ts";
import { archive, broken, type Outcome, type Place, type Served, wheel, withIndex } from "./setup_index.ts";
import { zip } from "./setup_zip.ts";

const FILE = "onesheet_fake_cuda-12.8-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl";
const CUDART = "nvidia/cuda_runtime/lib/libcudart.so.12", PTXAS = "nvidia/cuda_nvcc/bin/ptxas";
const FOLDER = folders.cuda, LOCK = `${FOLDER}.lock`, WORK = `${FOLDER}.work`;

const text = (line: string) => new TextEncoder().encode(line);
const members = { [CUDART]: text("cudart"), [PTXAS]: text("ptxas") };

/** A wheel of CUDA's as pip accepts it: two platforms in its name, a program and a library in it. */
const cuda: Served = (() => {
  const info = "onesheet_fake_cuda-12.8.dist-info";
  const bytes = zip([
    {
      name: `${info}/METADATA`,
      bytes: text("Metadata-Version: 2.1\nName: onesheet-fake-cuda\nVersion: 12.8\n"),
    },
    { name: `${info}/WHEEL`, bytes: text("Wheel-Version: 1.0\nRoot-Is-Purelib: false\n") },
    { name: `${info}/RECORD`, bytes: new Uint8Array() },
    { name: CUDART, bytes: members[CUDART], deflate: true },
    { name: PTXAS, bytes: members[PTXAS], mode: 0o744 },
  ]);
  return {
    archive: bytes,
    wheel: {
      package: "onesheet-fake-cuda",
      file: FILE,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
      files: { [CUDART]: CUDART, [PTXAS]: PTXAS },
      unpacked: 11,
    },
  };
})();

const tensorflow = Object.values(libraryNames).map((name) => `tensorflow/${name}`);
const build: Build = {
  name: "cuda",
  folder: FOLDER,
  wheels: [cuda.wheel, { ...wheel, files: Object.fromEntries(tensorflow.map((name) => [name, name])) }],
};

async function assertReady({ success, stdout, stderr }: Outcome, { cache, cached }: Place): Promise<void> {
  assert(success, stderr);
  const folder = join(cache, FOLDER);
  assertEquals(JSON.parse(stdout), {
    folder,
    core: join(folder, "tensorflow", libraryNames.core),
    framework: join(folder, "tensorflow", libraryNames.framework),
    nvidia: join(folder, "nvidia"),
    version: "2.21.0",
  });
  for (const [path, bytes] of Object.entries(members)) {
    assertEquals(await Deno.readFile(join(folder, path)), bytes);
  }
  const { mode } = await Deno.stat(join(folder, PTXAS));
  assertEquals(mode! & 0o111, 0o111, "ptxas is to be run");
  assertEquals(cached(), [FOLDER, LOCK]);
}

const withCuda = (test: (place: Place) => Promise<void>, send?: Parameters<typeof withIndex>[1]) =>
  withIndex(test, send, [cuda]);

Deno.test("prepare tells the size of the CUDA build first and unpacks its wheels into one folder", () =>
  withCuda(async (place) => {
    const outcome = await place.prepare({ PIP_INDEX_URL: `${place.index}json` }, build);
    await assertReady(outcome, place);
    assertMatch(outcome.stderr, /^2 packages, \d+ kB to fetch, 950 kB on the disk\n/);
    await assertReady(await place.prepare({ PIP_INDEX_URL: `${place.index}json` }, build), place);
    assertEquals(place.ranges, [null, null]);
  }));

Deno.test("prepare fetches by pip a wheel that names two platforms", () =>
  withCuda(async (place) => {
    const page = join(place.folder, "wheels");
    await Deno.mkdir(page);
    await Deno.writeFile(join(page, FILE), cuda.archive);
    await Deno.writeFile(join(page, wheel.file), archive);
    const outcome = await place.prepare({
      PATH: Deno.env.get("PATH")!,
      PIP_NO_INDEX: "1",
      PIP_FIND_LINKS: page,
    }, build);
    await assertReady(outcome, place);
    assertStringIncludes(outcome.stderr, "with pip");
  }));

Deno.test("prepare keeps the wheels that are unpacked when a later one fails, and goes on from there", () =>
  withCuda(async (place) => {
    const environment = { PIP_INDEX_URL: `${place.index}json` };
    const wrong = { ...build, wheels: [cuda.wheel, { ...build.wheels[1], sha256: "0".repeat(64) }] };
    const failed = await place.prepare(environment, wrong);
    assert(!failed.success);
    assertStringIncludes(failed.stderr, `Cannot use ${wheel.file}: expected SHA-256 000`);
    assertEquals(place.cached(), [LOCK, WORK]);
    const outcome = await place.prepare(environment, build);
    await assertReady(outcome, place);
    assert(!outcome.stderr.includes(FILE), "the first wheel is not fetched again");
    assertEquals(place.ranges.length, 3);
  }));

Deno.test("prepare leaves the build for the CPU alone, and that one the CUDA build", () =>
  withCuda(async (place) => {
    const environment = { PIP_INDEX_URL: `${place.index}json` };
    const [forCpu, forCuda] = [await place.prepare(environment), await place.prepare(environment, build)];
    assert(forCpu.success && forCuda.success, forCpu.stderr + forCuda.stderr);
    assertEquals(place.cached(), [folders.cpu, `${folders.cpu}.lock`, FOLDER, LOCK].sort());
    assertEquals(
      JSON.parse((await place.prepare(environment)).stdout).folder,
      join(place.cache, folders.cpu),
    );
  }));

Deno.test("prepare goes on where the download of the second wheel was cut", () =>
  withCuda(async (place) => {
    const outcome = await place.prepare({ PIP_INDEX_URL: `${place.index}json` }, build);
    await assertReady(outcome, place);
    assertEquals(place.ranges, [null, null, "bytes=40000-"]);
  }, (rest, turn) => turn === 1 ? broken(rest, 40_000, "cut") : rest));

Deno.test("prepare says how much room the CUDA build needs", () =>
  withCuda(async (place) => {
    const large = { ...build, wheels: [cuda.wheel, { ...build.wheels[1], unpacked: 1e18 }] };
    const { stderr } = await place.prepare({ PIP_INDEX_URL: `${place.index}json` }, large);
    assertMatch(stderr, /expected 1000000000\.00 GB of free space, found .* ONESHEET_CACHE/);
    assertEquals(place.ranges, []);
  }));

Deno.test("the table of CUDA wheels is whole: each named once, by a version, with a hash and its files", () => {
  assertEquals(new Set(cudaWheels.map((wheel) => wheel.package)).size, cudaWheels.length);
  for (const { package: name, file, sha256, bytes, files, unpacked } of cudaWheels) {
    assert(file.startsWith(`${name.replaceAll("-", "_")}-`) && file.endsWith("_x86_64.whl"), file);
    assertMatch(sha256, /^[0-9a-f]{64}$/);
    assert(bytes > 9e5 && unpacked > 7e5 && Object.keys(files).length > 0, file);
  }
  const paths = cudaWheels.flatMap(({ files }) => Object.values(files));
  assertEquals(new Set(paths).size, paths.length);
  for (const needed of [...tensorflow, PTXAS, "nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc"]) {
    if (Deno.build.os === "linux") assert(paths.includes(needed), needed);
  }
  for (const path of loadingOrder) assert(paths.includes(`nvidia/${path}`), path);
  assertEquals(buildHere("cuda") !== undefined, Deno.build.os === "linux" && Deno.build.arch === "x86_64");
});
