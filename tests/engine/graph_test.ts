import { assert, assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { attribute } from "../../src/engine/attributes.ts";
import { DT, type HostData } from "../../src/engine/dtype.ts";
import { newGraph, type Output } from "../../src/engine/graph.ts";
import { type Library, openLibrary } from "../../src/engine/library.ts";
import { openSession } from "../../src/engine/session.ts";
import { libraryFiles, nativeTest } from "./native.ts";

/** Runs a test on an empty graph and fails when it leaves native objects behind. */
function onGraph(test: (graph: ReturnType<typeof newGraph>, library: Library) => void | Promise<void>) {
  return async () => {
    const library = openLibrary(libraryFiles!);
    {
      using graph = newGraph(library);
      await test(graph, library);
    }
    assertEquals(library.handles(), 0);
  };
}

const T = attribute.type("T", DT.FLOAT);
const from = (operation: Output["operation"]): Output => ({ operation, index: 0 });

/** The type of a graph operation, such as "Const"; a C function that the engine itself does not need. */
function typeOf(output: Output): string {
  const { symbols } = Deno.dlopen(libraryFiles!.core, {
    TF_OperationOpType: { parameters: ["pointer"], result: "pointer" },
  });
  return new Deno.UnsafePointerView(symbols.TF_OperationOpType(output.operation)!).getCString();
}

/** The numbers of outputs when they are run. */
async function valuesOf(
  library: Library,
  graph: ReturnType<typeof newGraph>,
  outputs: Output[],
): Promise<HostData[]> {
  using session = openSession(library, graph, { threads: 1 });
  return (await session.run([], outputs, [])).map(({ data }) => data);
}

nativeTest(
  "a large constant of one number becomes a Fill, any other a Const, and both give their numbers",
  onGraph(async (graph, library) => {
    const cases: readonly (readonly [type: string, dtype: number, data: HostData])[] = [
      ["Fill", DT.FLOAT, new Float32Array(65).fill(0.5)],
      ["Fill", DT.FLOAT, new Float32Array(1000)],
      ["Fill", DT.FLOAT, new Float32Array(65).fill(-0)],
      ["Fill", DT.FLOAT, new Float32Array(65).fill(NaN)],
      ["Fill", DT.INT32, new Int32Array(65).fill(-7)],
      ["Fill", DT.BOOL, new Uint8Array(65).fill(1)],
      ["Const", DT.FLOAT, new Float32Array(64).fill(0.5)],
      ["Const", DT.FLOAT, new Float32Array(65).fill(0.5).fill(0.6, 64)],
      ["Const", DT.FLOAT, new Float32Array(65).fill(-0, 1)],
      ["Const", DT.FLOAT, new Float32Array(0)],
    ];
    const outputs = cases.map(([, dtype, data]) => graph.constant(dtype, [data.length], data));
    assertEquals(outputs.map(typeOf), cases.map(([type]) => type));
    assertEquals(outputs.map(graph.shapeOf), cases.map(([, , data]) => [data.length]));
    assertEquals(outputs.map(graph.dtypeOf), cases.map(([, dtype]) => dtype));
    assertEquals(await valuesOf(library, graph, outputs), cases.map(([, , data]) => data));
  }),
);

nativeTest(
  "shapes are inferred: of scalars, empty arrays, products, and none where values decide",
  onGraph((graph) => {
    const x = graph.placeholder(DT.FLOAT, [5, 3]);
    const w = graph.placeholder(DT.FLOAT, [3, 0]);
    assertEquals(graph.shapeOf(graph.placeholder(DT.INT32, [])), []);
    assertEquals(graph.shapeOf(from(graph.add("MatMul", [x, w], [T]))), [5, 0]);
    const where = from(graph.add("Where", [x], [T]));
    assertThrows(() => graph.shapeOf(where), OnesheetError, "shape depends on values");
  }),
);

nativeTest(
  "an operation that takes a list gets it before its other inputs",
  onGraph(async (graph, library) => {
    const parts = [[1, 2], [3], [4, 5]].map((data) =>
      graph.constant(DT.FLOAT, [data.length], Float32Array.from(data))
    );
    const axis = graph.constant(DT.INT32, [], Int32Array.of(0));
    const attributes = [attribute.int("N", 3), T, attribute.type("Tidx", DT.INT32)];
    const joined = from(graph.add("ConcatV2", [...parts, axis], attributes));
    assertEquals(graph.shapeOf(joined), [5]);
    assertEquals(await valuesOf(library, graph, [joined]), [Float32Array.of(1, 2, 3, 4, 5)]);
  }),
);

nativeTest(
  "an operation runs after those it is told to wait for",
  onGraph(async (graph, library) => {
    const dtype = attribute.type("dtype", DT.FLOAT);
    const handle = from(graph.add("VarHandleOp", [], [dtype, attribute.shape("shape", [])]));
    const assign = (x: number, after: Output["operation"][] = []) =>
      graph.add(
        "AssignVariableOp",
        [handle, graph.constant(DT.FLOAT, [], Float32Array.of(x))],
        [dtype],
        after,
      );
    const last = [2, 3, 4].reduce((before, x) => assign(x, [before]), assign(1));
    const read = from(graph.add("ReadVariableOp", [handle], [dtype], [last]));
    assertEquals(await valuesOf(library, graph, [read]), [Float32Array.of(4)]);
  }),
);

nativeTest(
  "a refused operation says why and leaves the graph usable",
  onGraph(async (graph, library) => {
    const x = graph.constant(DT.FLOAT, [2], Float32Array.of(1, 2));
    assertThrows(
      () => graph.add("MatMul", [x, x], [T]),
      OnesheetError,
      "Cannot run MatMul: Shape must be rank 2",
    );
    assertThrows(() => graph.add("NoSuchOperation", [x], []), OnesheetError, "NoSuchOperation");
    assertThrows(
      () => graph.add("Square", [x], [attribute.type("T", DT.BOOL)]),
      OnesheetError,
      "Cannot run Square",
    );
    const square = from(graph.add("Square", [x], [T]));
    assertEquals(await valuesOf(library, graph, [square]), [Float32Array.of(1, 4)]);
  }),
);

nativeTest(
  "a session runs nothing when it is asked for nothing, and feeds and fetches by output",
  onGraph(async (graph, library) => {
    const x = graph.placeholder(DT.FLOAT, [2]);
    const y = from(graph.add("Square", [x], [T]));
    using session = openSession(library, graph, { threads: 2 });
    assertEquals(await session.run([], [], []), []);
    const feed = { output: x, dtype: DT.FLOAT, shape: [2], data: Float32Array.of(3, -4) };
    assertEquals(await session.run([feed], [y, y], []), [
      { dtype: DT.FLOAT, shape: [2], data: Float32Array.of(9, 16) },
      { dtype: DT.FLOAT, shape: [2], data: Float32Array.of(9, 16) },
    ]);
    let thrown: unknown;
    await session.run([], [y], []).catch((error) => thrown = error);
    assert(thrown instanceof OnesheetError && thrown.message.startsWith("Cannot run the step:"), `${thrown}`);
  }),
);
