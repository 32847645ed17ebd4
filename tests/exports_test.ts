/** What the library exports under names of its own. */
import { assertEquals } from "@std/assert";
import { inProject } from "./cli/command_line.ts";

const { exports } = JSON.parse(Deno.readTextFileSync(inProject("deno.json"))) as {
  readonly exports: Readonly<Record<string, string>>;
};

Deno.test("every recipe can be imported by name, and every export is there", async () => {
  const recipes = [...Deno.readDirSync(inProject("recipes"))].map(({ name }) => `./recipes/${name}`);
  const exported = Object.values(exports);
  assertEquals(exported.filter((path) => path.startsWith("./recipes/")).sort(), recipes.sort());
  for (const path of exported) await Deno.stat(inProject(path));
});
