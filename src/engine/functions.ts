/** Functions of a graph: a body written once, called from many places, compiled by XLA as one kernel. */
import { attribute } from "./attributes.ts";
import type { Graph, Output } from "./graph.ts";
import { outputArray, outputStruct } from "./graph.ts";
import { cString, type Library, type Pointer } from "./library.ts";
import { dims } from "./native.ts";

/** Writes a function's body into a graph of its own: from placeholders to results. */
export type Body = (graph: Graph, inputs: readonly Output[]) => Output[];

/** What a caller must know of a function. */
interface Defined {
  readonly name: string;
  readonly outputs: readonly { readonly dtype: number; readonly shape: readonly number[] }[];
}

/** Calls of functions of `graph`, each defined when it is first called. */
export function functionCalls(library: Library, graph: Graph, newGraph: () => Graph): Graph["call"] {
  const { c, made, gone, checked } = library;
  const defined = new Map<string, Defined>();

  const define = (types: readonly number[], shapes: readonly (readonly number[])[], write: Body): Defined => {
    using inner = newGraph();
    const inputs = types.map((dtype, i) => inner.placeholder(dtype, shapes[i]));
    const outputs = write(inner, inputs);
    const name = `fused_${defined.size}`;
    const handle = made(
      "function",
      checked("TF_GraphToFunction", (status) =>
        c.TF_GraphToFunction(
          inner.pointer,
          cString(name),
          0,
          -1, // every operation
          null,
          inputs.length,
          outputArray(inputs),
          outputs.length,
          outputArray(outputs),
          null,
          null,
          null,
          status,
        )) as Pointer,
    );
    checked("TF_GraphCopyFunction", (status) => c.TF_GraphCopyFunction(graph.pointer, handle, null, status));
    c.TF_DeleteFunction(handle);
    gone();
    return {
      name,
      outputs: outputs.map((output) => ({ dtype: inner.dtypeOf(output), shape: inner.shapeOf(output) })),
    };
  };

  return (key, inputs, write) => {
    const types = inputs.map(graph.dtypeOf);
    const shapes = inputs.map(graph.shapeOf);
    const full = JSON.stringify([key, types, shapes]);
    let found = defined.get(full);
    if (found === undefined) defined.set(full, found = define(types, shapes, write));
    const operation = graph.add("PartitionedCall", inputs, [
      attribute.types("Tin", types),
      attribute.types("Tout", found.outputs.map(({ dtype }) => dtype)),
      attribute.func("f", found.name),
      attribute.bool("_XlaMustCompile", true),
    ]);
    return found.outputs.map(({ shape }, index) => {
      const output = { operation, index };
      checked(
        "shape",
        (s) => c.TF_GraphSetTensorShape(graph.pointer, outputStruct(output), dims(shape), shape.length, s),
      );
      return output;
    });
  };
}
