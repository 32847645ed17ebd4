import { assertEquals, assertNotEquals } from "@std/assert";
import { moduleDigest } from "../../src/cli/module_digest.ts";
import { inProject } from "./command_line.ts";

/** Runs a test with a folder of these files. */
async function withFiles(
  files: Readonly<Record<string, string>>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/a/parts`, { recursive: true });
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${root}/a/${name}`, text);
    await test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const files = {
  "recipe.ts": `import { tower } from "./parts/tower.ts";
import type { Size } from './types.ts';
export * from "./again.ts";
const late = await import("./parts/late.ts");
import sizes from "./sizes.json" with { type: "json" };
export default { tower, late, sizes };`,
  "parts/tower.ts": 'import "../recipe.ts";\nimport { deep } from "./deep.ts";\nexport const tower = deep;',
  "parts/deep.ts": "export const deep = 1;",
  "parts/late.ts": "export const late = 2;",
  "types.ts": "export type Size = number;",
  "again.ts": "export const again = 3;",
  "sizes.json": '{"wide": 4}',
  "unused.ts": "export const unused = 5;",
};

Deno.test("a change in any file that the module imports, however deep, is another digest", () =>
  withFiles(files, async (root) => {
    const digest = () => moduleDigest(`${root}/a/recipe.ts`), first = await digest();
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${root}/a/${name}`, `${text}\n`);
      if (name === "unused.ts") assertEquals(await digest(), first, name);
      else assertNotEquals(await digest(), first, name);
      await Deno.writeTextFile(`${root}/a/${name}`, text);
    }
    assertEquals(await digest(), first);
  }));

Deno.test("files that are moved together keep their digest", () =>
  withFiles(files, async (root) => {
    const before = await moduleDigest(`${root}/a/recipe.ts`);
    await Deno.rename(`${root}/a`, `${root}/b`);
    assertEquals(await moduleDigest(`${root}/b/recipe.ts`), before);
  }));

Deno.test("the library, what is not there and what is no file are left out", () =>
  withFiles({
    "one.ts": `import { recipe } from ${JSON.stringify(inProject("mod.ts"))};
import "./gone.ts";
const text = 'from "/dev/zero"', folder = import("./parts/");
import { x } from "npm:x@1"; import y from "https://example.org/y.ts"; import z from "@onesheet/onesheet";`,
    "two.ts": "export const two = 2;",
  }, async (root) => {
    assertNotEquals(await moduleDigest(`${root}/a/one.ts`), await moduleDigest(`${root}/a/two.ts`));
  }));

Deno.test("a recipe of the library has a digest of its own", async () => {
  const [quickstart, mmimdb] = await Promise.all(
    ["quickstart", "mmimdb"].map((name) => moduleDigest(inProject(`recipes/${name}.ts`))),
  );
  assertNotEquals(quickstart, mmimdb);
});
