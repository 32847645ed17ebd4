import { assertEquals } from "@std/assert";
import { main } from "../../src/cli/main.ts";
import { progressLine } from "../../src/cli/progress.ts";
import { listSettings } from "../../src/cli/settings.ts";
import { jsonText } from "../../src/cli/terminal.ts";

/** What a terminal obeys. */
const OBEYED = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

const WILD = "a\x1b[2Jb\x9b1mc\x07\x7f\r\u202ed";

/** What a command line prints, and its exit code. */
async function said(args: readonly string[]): Promise<{ code: number; text: string }> {
  const { log, error } = console, lines: string[] = [];
  console.log = console.error = (line: string) => void lines.push(line);
  try {
    return { code: await main(args), text: lines.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("no name in an error reaches the terminal raw, and no error is longer than a few pages", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/run`);
    await Deno.writeTextFile(`${folder}/run/recipe.json`, JSON.stringify({ [WILD]: WILD }));
    const commands = [
      [WILD],
      ["train", `${folder}/${WILD}.ts`],
      ["train", "recipes/quickstart.ts", "--plan", "--set", `${WILD}=1`],
      ["train", "recipes/quickstart.ts", "--plan", "--set", `${"x".repeat(100_000)}=1`],
      ["evaluate", `${folder}/run`],
      ["report", `${folder}/${WILD}`],
      ["predict", `${folder}/run`, "--in", `${folder}/${WILD}.csv`],
    ];
    for (const command of commands) {
      const { code, text } = await said(command);
      assertEquals([code > 0, OBEYED.test(text.replaceAll("\n", "")), text.length < 9000], [
        true,
        false,
        true,
      ], text);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("JSON for a terminal reads as the same value", () => {
  const value = { [WILD]: [WILD, "\u2028\u200c", "line\nline", "\ud800"], n: 1 };
  for (const indent of [undefined, 2]) {
    const text = jsonText(value, indent);
    assertEquals([JSON.parse(text), OBEYED.test(text.replaceAll("\n", ""))], [value, false]);
  }
});

Deno.test("progress and settings show what a terminal would obey, and do not say it", () => {
  const line = progressLine({ label: WILD, done: 1, total: 2, rate: 1, notes: [WILD] }, 80, false);
  assertEquals(OBEYED.test(line), false);
  assertEquals(listSettings({ separator: "\t", name: "a b" }), ['separator="\\t"', "name=a b"]);
});

Deno.test("commands print through one door", async () => {
  for await (const { name } of Deno.readDir("src/cli")) {
    const source = await Deno.readTextFile(`src/cli/${name}`);
    assertEquals(/\bconsole\./.test(source), name === "terminal.ts", name);
  }
});
