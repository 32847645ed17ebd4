import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { attribute } from "../../src/engine/attributes.ts";
import { DT } from "../../src/engine/dtype.ts";
import type { Body } from "../../src/engine/functions.ts";
import { newGraph } from "../../src/engine/graph.ts";
import { openLibrary } from "../../src/engine/library.ts";
import { openSession } from "../../src/engine/session.ts";
import { libraryFiles, nativeTest } from "./native.ts";

const T = attribute.type("T", DT.FLOAT);

/** [x + y, x * y], counting how often it is written. */
const counted = (): { body: Body; written: () => number } => {
  let written = 0;
  const body: Body = (graph, [x, y]) => {
    written++;
    return ["AddV2", "Mul"].map((name) => ({ operation: graph.add(name, [x, y], [T]), index: 0 }));
  };
  return { body, written: () => written };
};

nativeTest(
  "a function is written once for each key and set of input shapes, and its calls compute",
  async () => {
    const library = openLibrary(libraryFiles!);
    const before = library.handles();
    {
      using graph = newGraph(library);
      const of = (...numbers: number[]) =>
        graph.constant(DT.FLOAT, [numbers.length], Float32Array.from(numbers));
      const { body, written } = counted();
      const [sum, product] = graph.call("both", [of(1, 2), of(3, 4)], body);
      const [twice] = graph.call("both", [sum, product], body);
      assertEquals(written(), 1);
      const [longer] = graph.call("both", [of(1, 2, 3), of(3, 4, 5)], body);
      assertEquals(written(), 2);
      graph.call("other", [of(1, 2), of(3, 4)], body);
      assertEquals(written(), 3);
      assertEquals([sum, product, twice, longer].map(graph.shapeOf), [[2], [2], [2], [3]]);

      using session = openSession(library, graph, { threads: 1 });
      const values = await session.run([], [sum, product, twice, longer], []);
      assertEquals(values.map(({ data }) => [...data]), [[4, 6], [3, 8], [7, 14], [4, 6, 8]]);
      const [later] = graph.call("later", [product, twice], body); // the session learns of functions defined since
      assertEquals([...(await session.run([], [later], []))[0].data], [10, 22]);
    }
    assertEquals(library.handles(), before);
  },
);

nativeTest("a function whose body cannot be written is an error that leaves nothing behind", () => {
  const library = openLibrary(libraryFiles!);
  const before = library.handles();
  {
    using graph = newGraph(library);
    const x = graph.constant(DT.FLOAT, [1], Float32Array.of(1));
    const broken: Body = (graph, [x]) => [{ operation: graph.add("NoSuchOperation", [x], [T]), index: 0 }];
    assertThrows(() => graph.call("broken", [x], broken), OnesheetError, "NoSuchOperation");
    assertThrows(() => graph.call("broken", [x], broken), OnesheetError, "NoSuchOperation");
  }
  assertEquals(library.handles(), before);
});
