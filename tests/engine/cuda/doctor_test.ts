import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { inspectCuda } from "../../../src/engine/cuda/doctor.ts";
import type { Driver } from "../../../src/engine/cuda/driver.ts";
import { NoCuda } from "../../../src/engine/cuda/reasons.ts";
import { cudaWheels } from "../../../src/engine/setup/cuda_wheels.ts";
import { libraryNames } from "../../../src/engine/setup/wheel.ts";

const driver: Driver = {
  cuda: "12.4",
  gpus: [
    { name: "NVIDIA A", memory: 8e9, capability: "8.0" },
    { name: "NVIDIA B", memory: 4e9, capability: "7.5" },
  ],
};
const none = () => {
  throw new NoCuda("this machine has no NVIDIA driver", "install one");
};

/** Runs a test with the files of a CUDA build, each of them text. */
async function withBuild(
  test: (files: NonNullable<Parameters<typeof inspectCuda>[1]>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const path of cudaWheels.flatMap(({ files }) => Object.values(files))) {
      await Deno.mkdir(join(folder, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, path), "no library");
    }
    const [core, framework] = [libraryNames.core, libraryNames.framework].map((name) =>
      join(folder, "tensorflow", name)
    );
    await test({ folder, core, framework, nvidia: join(folder, "nvidia"), version: "2.21.0" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const own = { folder: "/own", core: "/own/a", framework: "/own/b" };

Deno.test("no driver is no fault where nothing was set up for it, and one where the CUDA build is", async () => {
  assertEquals(await inspectCuda(none, own), [{
    what: "CUDA driver",
    ok: true,
    found: "this machine has no NVIDIA driver; CUDA is not used",
  }]);
  await withBuild(async (files) => {
    const [{ ok, found, fix }] = await inspectCuda(none, files);
    assertEquals([ok, found, fix], [false, "this machine has no NVIDIA driver", "install one"]);
  });
});

Deno.test("the driver's finding names its CUDA and every GPU", async () => {
  const found = "for CUDA 12.4 and older; NVIDIA A, 8.00 GB, compute capability 8.0; " +
    "NVIDIA B, 4.00 GB, compute capability 7.5";
  assertEquals(await inspectCuda(() => driver, own), [{ what: "CUDA driver", ok: true, found }]);
});

Deno.test({
  name: "each package of the CUDA build is a finding, and broken ones name their file and the way out",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withBuild(async (files) => {
      const [first, ...rest] = await inspectCuda(() => driver, files);
      assert(first.ok);
      assertEquals(rest.length, cudaWheels.length);
      for (const { what, ok, found, fix } of rest) {
        // ptxas and libdevice are no libraries: that they are there is all that is looked at.
        if (what === "CUDA package nvcc") assert(ok, found);
        else {
          assert(!ok, what);
          assertStringIncludes(found, files.folder);
          assertEquals(fix, `delete "${files.folder}" and run \`deno task setup --cuda\``);
        }
      }
      const cudnn = rest.find(({ what }) => what === "CUDA package cudnn");
      assertStringIncludes(cudnn!.found, join(files.folder, "nvidia/cudnn/lib/libcudnn"));
      await Deno.remove(join(files.folder, "nvidia/cuda_nvcc/bin/ptxas"));
      const again = await inspectCuda(() => driver, files);
      const nvcc = again.find(({ what }) => what === "CUDA package nvcc");
      assertStringIncludes(nvcc!.found, "ptxas");
    }),
});
