import { assertEquals } from "@std/assert";
import { helpText } from "../../src/cli/command.ts";

Deno.test("the help shows usage, arguments, options with their values, and examples", () => {
  const text = helpText({
    name: "train",
    summary: "Trains a recipe.",
    positionals: {
      recipe: { help: "a recipe file", required: true },
      run: { help: "a run folder", required: false },
    },
    options: {
      engine: { kind: "string", help: "where to run", oneOf: ["auto", "portable"] },
      epochs: { kind: "count", help: "how many epochs", placeholder: "N" },
      set: { kind: "string", help: "changes a setting", placeholder: "PATH=VALUE", repeat: true },
      plan: { kind: "boolean", help: "only prints the plan" },
    },
    examples: ["deno task train recipes/mmimdb.ts --plan"],
  });
  assertEquals(
    text,
    `Trains a recipe.

Usage
  deno task train <recipe> [run] [options]

Arguments
  recipe  a recipe file
  run     a run folder

Options
  --engine auto|portable  where to run
  --epochs N              how many epochs
  --set PATH=VALUE        changes a setting (may be given several times)
  --plan                  only prints the plan
  --help                  this text

Examples
  deno task train recipes/mmimdb.ts --plan`,
  );
});

Deno.test("a command without arguments and examples has no such sections", () => {
  const text = helpText({ name: "doctor", summary: "Looks.", positionals: {}, options: {}, examples: [] });
  assertEquals(text, "Looks.\n\nUsage\n  deno task doctor [options]\n\nOptions\n  --help  this text");
});
