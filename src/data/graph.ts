/** A source whose rows are nodes of a graph: every film of training and validation, joined where they share crew. */
import { type Choice, choice } from "../base/choice.ts";
import { OnesheetError } from "../base/errors.ts";
import { int32 } from "../base/value.ts";
import { EDGE_FORMAT, readEdges, selfLoops } from "./edge_file.ts";
import type { Dataset, Rows, Source } from "./source.ts";

/** The settings of {@link graph}. */
export interface GraphOptions {
  /** Where the rows come from. */
  readonly of: Choice<Source>;
  /** A file of edges, or `self` for a graph in which no film is joined to another; empty is an error on opening. */
  readonly edges: string;
}

/** What `edges` is for self-loops alone. */
export const SELF = "self";

/** Rows that also say which nodes they are: `first` and those after it. */
const numbered = (rows: Rows, first: number): Rows => ({
  ...rows,
  batch: async (positions, draw) => {
    const { inputs, labels } = await rows.batch(positions, draw);
    const row = int32([positions.length], positions.map((position) => first + position));
    return { inputs: { ...inputs, row }, labels };
  },
});

function demandEdges(edges: string): void {
  if (edges !== "") return;
  throw new OnesheetError(
    "Cannot make the graph: the data has no crew, so a file must say which films belong together; give one by " +
      `--set data.edges=FILE (${EDGE_FORMAT}), or --set data.edges=${SELF} to join no film to another`,
    { exitCode: 2 },
  );
}

/**
 * Another source's rows as nodes of one graph, for training that is transductive: node by node, the training rows come
 * first and the validation rows behind them; a batch says by `row` (int32 `[batch]`) which nodes it is about, and `edges`
 * (int32 `[2, edges]`) are held in the engine's memory. Validation films are seen with their features and edges, never
 * with their labels.
 *
 * A film from outside has no node, so single examples are refused.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { graph } from "./graph.ts";
 * import { mmimdb } from "./mmimdb.ts";
 * const source = graph({ of: mmimdb(), edges: "crew.jsonl" }).made;
 * assertEquals(Object.keys(source.inputs), ["image", "ids", "mask", "row"]);
 * ```
 *
 * Errors, on opening: no file of edges, and those of `readEdges` and of the other source.
 */
export const graph = (options: GraphOptions): Choice<Source> =>
  choice("graph", options, ({ of, edges: file }): Source => ({
    inputs: { ...of.made.inputs, row: { shape: [], dtype: "int32" } },
    constants: { edges: { shape: [2, "edges"], dtype: "int32" } },
    places: ["edges", ...(of.made.places ?? []).map((path) => `of.${path}`)],
    open: async (request): Promise<Dataset> => {
      demandEdges(file);
      const dataset = await of.made.open(request);
      const { train, validation } = dataset;
      const rows = [...train.ids, ...validation.ids];
      const nodes = {
        of: new Map(rows.map((row, node) => [row, node])),
        // The rows of a run that goes on may be some of those that the file names.
        complete: request.limit === undefined && request.split === undefined && !dataset.skipped?.length,
      };
      const edges = file === SELF ? selfLoops(rows.length) : await readEdges(file, nodes);
      return {
        ...dataset,
        train: numbered(train, 0),
        validation: numbered(validation, train.size),
        nodes: [train, validation],
        constants: { ...dataset.constants, edges: int32([2, edges.length / 2], edges) },
      };
    },
    reader: () =>
      Promise.reject(
        new OnesheetError(
          "Cannot predict with a graph: a film from outside has no node in it; add the film to the data and use evaluate",
        ),
      ),
  }));
