import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { cString, openLibrary } from "../../src/engine/library.ts";
import { libraryFiles, nativeTest } from "./native.ts";

Deno.test("a library that is not there is refused in a sentence with the way out", () => {
  const missing = join(import.meta.dirname!, "libtensorflow_framework.so.2");
  const error = assertThrows(() => openLibrary({ framework: missing, core: missing }), OnesheetError);
  assertStringIncludes(
    error.message,
    `Cannot open ${missing}: expected libtensorflow 2.21 for ${Deno.build.os}`,
  );
  assertStringIncludes(error.message, "run `deno task setup`, or use --engine portable");
});

Deno.test("a file that is no library is refused in a sentence", async () => {
  const path = await Deno.makeTempFile({ suffix: ".so" });
  try {
    await Deno.writeTextFile(path, "no library");
    assertThrows(
      () => openLibrary({ framework: path, core: path }),
      OnesheetError,
      `Cannot open ${path}: expected`,
    );
  } finally {
    await Deno.remove(path);
  }
});

nativeTest("a library without the C API is refused in a sentence that names what it lacks", () => {
  const { core } = libraryFiles!;
  const { framework } = libraryFiles!;
  const error = assertThrows(() => openLibrary({ framework, core: framework }), OnesheetError);
  assertStringIncludes(error.message, `Cannot open ${framework}`);
  assert(openLibrary({ framework, core }).version !== "");
});

nativeTest("the library opens as often as it is asked for, each time with a count of its own", () => {
  const [first, second] = [openLibrary(libraryFiles!), openLibrary(libraryFiles!)];
  assertEquals(first.version, second.version);
  const status = first.made("status", first.c.TF_NewStatus());
  assertEquals([first.handles(), second.handles()], [1, 0]);
  first.c.TF_DeleteStatus(status);
  first.gone();
  assertEquals(first.handles(), 0);
});

nativeTest("nothing where a native object should be is an error", () => {
  const library = openLibrary(libraryFiles!);
  assertThrows(
    () => library.made("graph", null),
    OnesheetError,
    "Cannot make a graph: libtensorflow returned nothing",
  );
  assertEquals(library.handles(), 0);
});

nativeTest("a bad status becomes a sentence, and the status goes whatever happens", async () => {
  const { c, checked, checkedAsync, handles } = openLibrary(libraryFiles!);
  const graph = c.TF_NewGraph();
  const refused = (status: Deno.PointerObject) => {
    const description = c.TF_NewOperation(graph, cString("NoSuchOperation"), cString("x"));
    return c.TF_FinishOperation(description, status);
  };
  assertThrows(() => checked("it", refused), OnesheetError, "Cannot run it: ");
  assertEquals(checked("it", () => 5), 5);
  assertThrows(() =>
    checked("it", () => {
      throw new RangeError("own");
    }), RangeError);
  let thrown: unknown;
  await checkedAsync("it", (status) => Promise.resolve(refused(status))).catch((error) => thrown = error);
  assert(thrown instanceof OnesheetError);
  await checkedAsync("it", () => Promise.reject(new RangeError("own"))).catch((error) => thrown = error);
  assert(thrown instanceof RangeError);
  assertEquals(await checkedAsync("it", () => Promise.resolve(6)), 6);
  assertEquals(handles(), 0);
  c.TF_DeleteGraph(graph);
});

nativeTest("workers that open the library at once leave standard error as it was", async () => {
  const library = JSON.stringify(new URL("../../src/engine/library.ts", import.meta.url).href);
  const worker = `
    import { openLibrary } from ${library};
    onmessage = () => postMessage(openLibrary(${JSON.stringify(libraryFiles)}).version);
    postMessage("ready");`;
  const code = `
    const url = URL.createObjectURL(new Blob([${JSON.stringify(worker)}], { type: "text/typescript" }));
    const workers = Array.from({ length: 4 }, () => new Worker(url, { type: "module" }));
    const answers = () => Promise.all(workers.map((worker) => new Promise((heard) => worker.onmessage = heard)));
    await answers();
    for (const worker of workers) worker.postMessage("open");
    await answers();
    for (const worker of workers) worker.terminate();
    await Deno.stderr.write(new TextEncoder().encode("still here"));`;
  const child = new Deno.Command(Deno.execPath(), { args: ["eval", code], cwd: import.meta.dirname });
  const { success, stderr } = await child.output();
  assertEquals(new TextDecoder().decode(stderr), "still here");
  assert(success);
});
