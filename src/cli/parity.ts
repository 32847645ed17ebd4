/** `parity`: compares the recipe's model with the golden numbers of the PyTorch reference. */
import { mmimdb } from "../data/mmimdb.ts";
import mmimdbRecipe, { partlyFrozen, posterAndPlot, published, type Size } from "../../recipes/mmimdb.ts";
import { OnesheetError } from "../base/errors.ts";
import { table } from "../report/table.ts";
import { type Limits, parity as compare, passes, readGolden } from "../train/parity.ts";
import type { Recipe } from "../train/recipe.ts";
import type { Command } from "./command.ts";
import { engineOptions, openEngine } from "./engine.ts";
import type { Parsed } from "./options.ts";
import { userPath } from "./recipes.ts";
import { jsonText, print } from "./terminal.ts";

/** What `parity` takes. */
export const parityCommand = {
  name: "parity",
  summary: "Compares the MM-IMDb model with golden numbers that a PyTorch reference wrote.",
  positionals: {
    folder: { help: "weights, batch and after as safetensors, and golden.json", required: true },
  },
  options: {
    ...engineOptions,
    json: { kind: "boolean", help: "for programs" },
  },
  examples: ["deno task parity tests/golden/mini"],
} as const satisfies Command;

/** A size the reference knows: the model, its inputs, and how near the numbers must be. */
interface Known {
  readonly size: Size;
  readonly labels: number;
  readonly pixels: number;
  readonly tokens: number;
  readonly limits: Limits;
}

/** Sizes by the name that `golden.json` gives. */
const sizes: Readonly<Record<string, Known>> = {
  tiny: {
    size: {
      image: { blocks: [1, 1, 1, 1], width: 2 },
      text: { vocabulary: 29, width: 16, layers: 3, heads: 2, hidden: 32, positions: 16 },
      projection: 8,
      heads: 4,
    },
    labels: 5,
    pixels: 48,
    tokens: 12,
    limits: { evaluation: 3e-6, training: 3e-6, gradient: 3e-5, loss: 1e-6, way: 1e-3 },
  },
  mini: {
    size: {
      image: { blocks: [1, 1, 1, 1], width: 8 },
      text: { vocabulary: 97, width: 32, layers: 3, heads: 4, hidden: 64, positions: 32 },
      projection: 16,
      heads: 8,
    },
    labels: 5,
    pixels: 64,
    tokens: 16,
    limits: { evaluation: 1e-5, training: 1e-4, gradient: 1e-3, loss: 1e-5, way: 2e-3 },
  },
  full: {
    size: published,
    labels: 26,
    pixels: 224,
    tokens: 16,
    limits: { evaluation: 1e-3, training: 1e-3, gradient: 1e-2, loss: 1e-4, way: 0.3 },
  },
};

/** The recipe in a size that the reference knows, and how near its numbers must be. */
export function sized(name: string): { readonly recipe: Recipe; readonly limits: Limits } {
  const known = sizes[name];
  if (known === undefined) {
    throw new OnesheetError(
      `Cannot compare with goldens of size "${name}": expected ${Object.keys(sizes).join(", ")}`,
    );
  }
  const { size, labels, pixels, tokens, limits } = known;
  const recipe = {
    ...mmimdbRecipe,
    labels,
    model: posterAndPlot(size),
    freeze: partlyFrozen(size),
    data: mmimdb({ pixels, tokens }),
  };
  return { recipe, limits };
}

/** Runs the command; gives its exit code: 0 when everything lies within its limit. */
export async function parity({ positionals, options }: Parsed<typeof parityCommand>): Promise<number> {
  const folder = userPath(positionals.folder);
  const { size } = await readGolden(folder);
  const { recipe, limits } = sized(size);
  const { engine } = await openEngine({ ...options, engine: options.engine ?? "tensorflow" });
  const checks = await compare(engine, recipe, folder, limits);
  if (options.json) print(jsonText(checks, 2));
  else {
    const rows = checks.map(({ what, difference, limit, at }) => [
      what,
      difference.toExponential(1),
      limit.toExponential(0),
      difference <= limit ? "ok" : "MISS",
      at ?? "",
    ]);
    print(table({ head: ["largest difference of", "found", "limit", "", "at"], rows }));
  }
  return passes(checks) ? 0 : 1;
}
