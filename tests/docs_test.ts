/** Doc comments: JSDoc takes all that follows a tag, such as `@example`, as a part of it. */
import { assertEquals } from "@std/assert";

/** The first line of a paragraph that a tag of the doc comment swallows; undefined where none does. */
function swallowed(comment: string): string | undefined {
  const text = comment.split("\n").map((line) => line.replace(/^\s*\*? ?/, "")).join("\n");
  const prose = text.replaceAll(/^```[\s\S]*?^```\s*$/gm, "");
  const [, ...tags] = prose.split(/^(?=@\w)/m);
  return tags.map((tag) => /\n\s*\n(.*)/.exec(tag.trim())?.[1]).find((line) => line !== undefined);
}

/** Every doc comment of a file, with the line it begins on. */
const commentsOf = (source: string): [line: number, comment: string][] =>
  Array.from(source.matchAll(/\/\*\*([\s\S]*?)\*\//g), ({ index, 1: comment }) => [
    source.slice(0, index).split("\n").length,
    comment,
  ]);

async function* files(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(`../${folder}`, import.meta.url))) {
    if (isDirectory) yield* files(`${folder}${name}/`);
    else if (name.endsWith(".ts")) yield `${folder}${name}`;
  }
}

Deno.test("no paragraph of a doc comment stands behind a tag, which would swallow it", async () => {
  const found: string[] = [];
  for (const folder of ["src/", "layers/", "recipes/", "examples/", "bench/", "tests/"]) {
    for await (const file of files(folder)) {
      const source = await Deno.readTextFile(new URL(`../${file}`, import.meta.url));
      for (const [line, comment] of commentsOf(source)) {
        const prose = swallowed(comment);
        if (prose !== undefined) found.push(`${file}:${line} ${prose}`);
      }
    }
  }
  assertEquals(found, []);
});

Deno.test("a paragraph behind an example or another tag is found, and tags are none", () => {
  const code = " * ```ts\n * x();\n * ```\n";
  assertEquals(swallowed(` Text.\n *\n * @example\n${code} `), undefined);
  assertEquals(swallowed(` Text.\n *\n${code} *\n * Errors: none.\n `), undefined);
  assertEquals(
    swallowed(` Text.\n *\n * @example A title\n${code} *\n * @param x a number\n `),
    undefined,
  );
  assertEquals(swallowed(` Text.\n *\n * @example\n${code} *\n * Errors: some.\n `), "Errors: some.");
  assertEquals(
    swallowed(` Text.\n *\n * @example\n${code} *\n * @example\n${code} *\n * Errors.\n * @param x a\n `),
    "Errors.",
  );
  assertEquals(
    swallowed(` Text.\n *\n * @param x a number\n *   of two lines\n *\n * Errors: some.\n `),
    "Errors: some.",
  );
});
