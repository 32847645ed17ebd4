import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { basename, dirname, join } from "node:path";
import { loadCuda, loadingOrder } from "../../../src/engine/cuda/libraries.ts";
import { NoCuda } from "../../../src/engine/cuda/reasons.ts";
import { locate } from "../../../src/engine/setup.ts";

/** What the libraries name as needed (`readelf -d`), as far as it is NVIDIA's. */
const needs: Readonly<Record<string, readonly string[]>> = {
  "libcublas.so.12": ["libcublasLt.so.12"],
  "libcusparse.so.12": ["libnvJitLink.so.12"],
  "libcusolver.so.11": ["libnvJitLink.so.12", "libcusparse.so.12", "libcublas.so.12", "libcublasLt.so.12"],
  "libcudnn_ops.so.9": ["libcudnn_graph.so.9"],
  "libcudnn_cnn.so.9": ["libcudnn_ops.so.9", "libcudnn_graph.so.9"],
  "libcudnn_adv.so.9": ["libcudnn_ops.so.9", "libcudnn_graph.so.9"],
  "libcudnn_heuristic.so.9": ["libcudnn_graph.so.9"],
  "libcudnn_engines_precompiled.so.9": ["libcudnn_graph.so.9"],
  "libcudnn_engines_runtime_compiled.so.9": ["libcudnn_graph.so.9"],
};

Deno.test("each library is loaded once, after those it needs", () => {
  const names = loadingOrder.map((path) => basename(path));
  assertEquals(new Set(names).size, names.length);
  for (const [name, needed] of Object.entries(needs)) {
    for (const other of needed) {
      const [first, then] = [names.indexOf(other), names.indexOf(name)];
      assert(first >= 0 && first < then, `${other} before ${name}`);
    }
  }
});

Deno.test("all that libtensorflow asks for before it uses a GPU is loaded", () => {
  const asked = ["cudart", "cublas", "cublasLt", "cufft", "cusolver", "cusparse", "cudnn"];
  for (const name of asked) {
    assert(loadingOrder.some((path) => basename(path).startsWith(`lib${name}.so.`)), name);
  }
});

Deno.test({
  name: "the first library that is missing or broken is named, with the way out",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const order = ["a/libz.so.1", "b/libbroken.so"];
      const missing = assertThrows(() => loadCuda(folder, order), NoCuda, "libz.so.1 does not open (");
      assertStringIncludes(missing.message, "No such file");
      assertStringIncludes(missing.message, `delete "${dirname(folder)}" and run \`deno task setup --cuda\``);
      for (const path of order) {
        await Deno.mkdir(dirname(join(folder, path)));
        await Deno.writeTextFile(join(folder, path), "no library");
      }
      const broken = assertThrows(() => loadCuda(folder, order), NoCuda);
      assertStringIncludes(broken.reason, `libz.so.1 does not open (${join(folder, order[0])}: `);
      assertThrows(() => loadCuda(folder, order.slice(1)), NoCuda, "libbroken.so does not open");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "libraries that open are loaded into this process",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const [library] = /\/\S+\/libm\.so\S*/.exec(await Deno.readTextFile("/proc/self/maps"))!;
    const folder = await Deno.makeTempDir(), copy = join(folder, "libcopy.so");
    try {
      await Deno.copyFile(library, copy);
      loadCuda(folder, ["libcopy.so"]);
      assertStringIncludes(await Deno.readTextFile("/proc/self/maps"), copy);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

const set = Deno.env.get("ONESHEET_TENSORFLOW") ? undefined : locate("cuda");

Deno.test({
  name: "the libraries that setup fetched open, without a GPU too",
  ignore: set?.nvidia === undefined,
  fn: async () => {
    loadCuda(set!.nvidia!);
    const loaded = await Deno.readTextFile("/proc/self/maps");
    for (const path of loadingOrder) assertStringIncludes(loaded, basename(path));
  },
});
