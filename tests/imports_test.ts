/** Who may import whom, read from the import lines of the sources. */
import { assertEquals } from "@std/assert";

/**
 * What the files of an area may import of ours, their own area included. `engine types` is `import type` from the
 * engine's contract: what is passed an engine names its type and does not choose one.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  base: ["base", "deno.json"],
  engine: ["engine", "base"],
  tensor: ["engine", "base"],
  ops: ["ops", "tensor", "base"],
  dsl: ["dsl", "ops", "tensor", "base"],
  layers: ["layers", "dsl", "ops", "tensor", "base"],
  store: ["store", "dsl", "tensor", "engine types", "base"],
  data: ["data", "base"],
  train: ["train", "store", "data", "dsl", "ops", "tensor", "engine types", "base"],
  report: ["report", "base"],
  serve: ["serve", "train", "data", "store", "tensor", "base"],
  cli: [
    "cli",
    "serve",
    "recipes",
    "report",
    "train",
    "data",
    "store",
    "dsl",
    "ops",
    "tensor",
    "engine",
    "base",
  ],
  recipes: ["mod", "layers"],
  comparisons: ["mod", "layers", "recipes"],
  bench: [
    "bench",
    "recipes",
    "cli",
    "serve",
    "report",
    "train",
    "data",
    "store",
    "dsl",
    "ops",
    "tensor",
    "engine",
    "base",
  ],
};

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** `src/ops/silu.ts` is in `ops`, `src/tensor.ts` in `tensor`, `layers/mod.ts` in `layers`, `mod.ts` in `mod`. */
function areaOf(path: string): string {
  const [first, ...rest] = path.replace(/^src\//, "").split("/");
  return rest.length === 0 ? first.replace(/\.ts$/, "") : first;
}

/** The source without its comments, whose examples have import lines of their own. */
const withoutComments = (source: string): string =>
  source.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/^\s*\/\/.*$/gm, "");

function importsOf(code: string): Import[] {
  const declared = code.matchAll(/^(?:import|export)\s+(type\s)?(?:[\w\s{},*$]+?from\s+)?"([^"]+)"/gm);
  const called = code.matchAll(/\b(?:import|require|require\.resolve|import\.meta\.resolve)\(\s*"([^"]+)"/g);
  return [
    ...[...declared].map(([_, type, specifier]) => ({ specifier, typeOnly: type !== undefined })),
    ...[...called].map(([_, specifier]) => ({ specifier, typeOnly: false })),
  ];
}

/** Where a relative specifier leads, from the root of the repository. */
const resolve = (path: string, specifier: string): string =>
  new URL(specifier, `file:///${path}`).pathname.slice(1);

/** Sentences on what a file does that its place does not allow. */
function violations(path: string, source: string): string[] {
  const area = areaOf(path), code = withoutComments(source);
  // Those are lists of recipes.
  const may = allowed[path.startsWith("recipes/comparison") ? "comparisons" : area];
  const lines = source.trimEnd().split("\n").length;
  const found = lines > 250 ? [`${path} has ${lines} lines`] : [];
  if (code.includes("Deno.dlopen") && path !== "src/engine/library.ts") {
    found.push(`${path} uses Deno.dlopen`);
  }
  if (may === undefined) return [...found, `${path} is in no known area`];
  for (const { specifier, typeOnly } of importsOf(code)) {
    if (!specifier.startsWith(".")) {
      const isTfjs = /^(npm:\/?)?@tensorflow\//.test(specifier);
      // tensor.ts names the types of tfjs for everyone else.
      const mayTfjs = area === "engine" || area === "tensor" && typeOnly;
      if (isTfjs ? !mayTfjs : area === "base" && !specifier.startsWith("node:")) {
        found.push(`${path} imports ${specifier}`);
      }
      continue;
    }
    const target = resolve(path, specifier);
    const isContract = typeOnly && target === "src/engine/engine.ts" && may.includes("engine types");
    if (!may.includes(areaOf(target)) && !isContract) found.push(`${path} imports ${target}`);
  }
  return found;
}

const root = new URL("../", import.meta.url);

/** Paths of the TypeScript files below a folder, from the root. */
const sources = (folder: string): string[] =>
  [...Deno.readDirSync(new URL(folder, root))].flatMap(({ name, isDirectory }) =>
    isDirectory ? sources(`${folder}${name}/`) : name.endsWith(".ts") ? [folder + name] : []
  );

Deno.test("every source imports only what its place allows, and no file has more than 250 lines", () => {
  const paths = ["src/", "layers/", "recipes/", "bench/"].flatMap(sources);
  const found = paths.flatMap((path) => violations(path, Deno.readTextFileSync(new URL(path, root))));
  assertEquals(found, []);
});

const planted: readonly (readonly [path: string, source: string, violation: string])[] = [
  ["src/base/a.ts", `import { b } from "../ops/b.ts";`, "src/base/a.ts imports src/ops/b.ts"],
  ["src/base/a.ts", `import { b } from "@std/cli";`, "src/base/a.ts imports @std/cli"],
  ["src/engine/a.ts", `export * from "../tensor.ts";`, "src/engine/a.ts imports src/tensor.ts"],
  ["src/tensor.ts", `import "./ops/b.ts";`, "src/tensor.ts imports src/ops/b.ts"],
  ["src/ops/a.ts", `import type { B } from "../dsl/b.ts";`, "src/ops/a.ts imports src/dsl/b.ts"],
  ["src/ops/a.ts", `import { tf } from "../engine/tfjs.ts";`, "src/ops/a.ts imports src/engine/tfjs.ts"],
  ["src/ops/a.ts", `import type { T } from "@tensorflow/tfjs";`, "src/ops/a.ts imports @tensorflow/tfjs"],
  ["src/tensor.ts", `import * as tf from "@tensorflow/tfjs";`, "src/tensor.ts imports @tensorflow/tfjs"],
  [
    "src/ops/a.ts",
    `const tf = await import("npm:@tensorflow/tfjs@4");`,
    "src/ops/a.ts imports npm:@tensorflow/tfjs@4",
  ],
  ["src/dsl/a.ts", `import { b } from "../../layers/b.ts";`, "src/dsl/a.ts imports layers/b.ts"],
  ["layers/a.ts", `import { b } from "../src/train/b.ts";`, "layers/a.ts imports src/train/b.ts"],
  ["layers/bert/a.ts", `import { b } from "../../recipes/b.ts";`, "layers/bert/a.ts imports recipes/b.ts"],
  [
    "src/store/a.ts",
    `import { b } from "../engine/engine.ts";`,
    "src/store/a.ts imports src/engine/engine.ts",
  ],
  [
    "src/train/a.ts",
    `import type { B } from "../engine/memory.ts";`,
    "src/train/a.ts imports src/engine/memory.ts",
  ],
  ["src/data/a.ts", `import { b } from "../tensor.ts";`, "src/data/a.ts imports src/tensor.ts"],
  [
    "src/train/a.ts",
    `import {\n  b,\n  type C,\n} from "../../layers/b.ts";`,
    "src/train/a.ts imports layers/b.ts",
  ],
  ["src/report/a.ts", `import { b } from "../train/b.ts";`, "src/report/a.ts imports src/train/b.ts"],
  ["src/serve/a.ts", `import { b } from "../cli/b.ts";`, "src/serve/a.ts imports src/cli/b.ts"],
  ["src/cli/a.ts", `const b = require("../../layers/b.ts");`, "src/cli/a.ts imports layers/b.ts"],
  ["recipes/a.ts", `import { b } from "../src/ops/b.ts";`, "recipes/a.ts imports src/ops/b.ts"],
  ["recipes/a.ts", `import b from "./b.ts";`, "recipes/a.ts imports recipes/b.ts"],
  ["src/cli/a.ts", `const library = Deno.dlopen("b.so", {});`, "src/cli/a.ts uses Deno.dlopen"],
  ["src/other/a.ts", ``, "src/other/a.ts is in no known area"],
  ["src/ops/a.ts", "\n".repeat(250) + "x;", "src/ops/a.ts has 251 lines"],
];

for (const [path, source, violation] of planted) {
  Deno.test(`the check finds: ${violation}`, () => assertEquals(violations(path, source), [violation]));
}

Deno.test("the check leaves alone what is allowed, and import lines in comments and text", () => {
  const fine: readonly (readonly [path: string, source: string])[] = [
    ["src/base/a.ts", `import { dirname } from "node:path";\nimport { b } from "./b.ts";`],
    ["src/base/b.ts", `/**\n * import { b } from "../cli/b.ts";\n */\n// import "../cli/b.ts";`],
    ["src/base/c.ts", `throw new Error('Cannot import "x" from "../cli/b.ts"');`],
    ["src/engine/library.ts", `export const library = Deno.dlopen("b.so", {});`],
    [
      "src/engine/kernels/a.ts",
      `import { tf } from "../tfjs.ts";\nimport type { T } from "@tensorflow/tfjs";`,
    ],
    ["src/tensor.ts", `export { tf } from "./engine/tfjs.ts";\nimport type { T } from "@tensorflow/tfjs";`],
    ["src/store/a.ts", `import type { Memory } from "../engine/engine.ts";`],
    [
      "src/train/a.ts",
      `export type { Memory } from "../engine/engine.ts";\nimport { s } from "../store/s.ts";`,
    ],
    ["src/cli/a.ts", `import { b } from "../engine/setup/b.ts";`],
    [
      "layers/backbones/a.ts",
      `import { conv } from "../conv.ts";\nimport { at } from "../../src/dsl/scope.ts";`,
    ],
    ["recipes/comparison_a.ts", `import a from "./a.ts";`],
    ["recipes/a.ts", `import { recipe } from "../mod.ts";\nimport { swiglu } from "../layers/mod.ts";`],
  ];
  assertEquals(fine.flatMap(([path, source]) => violations(path, source)), []);
});
