/** Every file in `examples/` runs as a reader would run it, and prints what it is about. */
import { assertEquals, assertMatch } from "@std/assert";

/** Arguments and the whole output. */
const runs: Readonly<Record<string, readonly [args: readonly string[], output: RegExp]>> = {
  "one_modality.ts": [
    ["1"],
    /^image \+ text +macro-F1 0\.\d{3}\nimage +macro-F1 0\.\d{3}\ntext +macro-F1 0\.\d{3}\n$/,
  ],
  "own_layer.ts": [
    [],
    /^blocks\.0\.gate +\[8\]\n(?:\S+ +\[[\d, ]+\]\n){11}logits \[2, 3\] Float32Array\(6\) \[[^N]+\]\n$/,
  ],
  "own_recipe.ts": [[], /^micro-F1 0\.\d{3} after 6 steps\n$/],
};

const root = new URL("../", import.meta.url);

Deno.test("every example is run here", () => {
  const files = Array.from(Deno.readDirSync(new URL("examples/", root)), ({ name }) => name);
  assertEquals(files.sort(), Object.keys(runs).sort());
});

for (const [name, [args, output]] of Object.entries(runs)) {
  Deno.test(`examples/${name} runs`, async () => {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", `examples/${name}`, ...args],
      cwd: root,
      env: { NO_COLOR: "1" },
    });
    const { code, stdout, stderr } = await command.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals(code, 0, text(stderr));
    assertMatch(text(stdout), output);
  });
}
