/** A run of which a part is not as training wrote it gives no answer, by whatever command. */
import { assertEquals, assertMatch } from "@std/assert";
import { film } from "../../src/data/drawn.ts";
import { trainSmall, withPlace } from "./command_line.ts";

const portable = ["--engine", "portable"];

Deno.test("a damaged run answers no command: one sentence and exit code 1", async () => {
  await withPlace(async ({ folder, say, done, ...place }) => {
    await trainSmall({ folder, say, done, ...place }, "--epochs", "1");
    const run = `${folder}/run`, best = `${run}/best.safetensors`;
    const { poster, plot, format } = film(1, 3);
    await Deno.writeFile(`${folder}/poster.${format}`, poster);
    const commands = {
      predict: ["predict", "run", "--poster", `poster.${format}`, "--plot", plot, ...portable],
      evaluate: ["evaluate", "run", ...portable],
      serve: ["serve", "run", "--port", "0", ...portable],
      export: ["export", "run", "--to", "safetensors", "--out", "out"],
    };
    const tokenizer = `${run}/reader/tokenizer.json`;
    const [weights, labels, sums, tokens] = await Promise.all(
      [best, `${run}/labels.json`, `${run}/SHA256SUMS`, tokenizer].map((path) => Deno.readFile(path)),
    );
    const names: string[] = JSON.parse(new TextDecoder().decode(labels));
    const withNaN = weights.slice();
    new DataView(withNaN.buffer).setFloat32(withNaN.length - 4, NaN, true);
    const flipped = weights.slice();
    flipped[flipped.length - 1] ^= 1;

    const refused = async (what: readonly (keyof typeof commands)[], sentence: RegExp) => {
      for (const name of what) {
        const { code, stdout, stderr } = await say(commands[name]);
        assertEquals([name, code, stdout], [name, 1, ""], stderr);
        assertMatch(stderr.trimEnd().split("\n").at(-1)!, sentence);
        assertEquals([...Deno.readDirSync(folder)].some((entry) => entry.name.startsWith("out")), false);
      }
    };
    const all = Object.keys(commands) as (keyof typeof commands)[];
    const others = all.filter((name) => name !== "serve");
    await Deno.writeFile(best, flipped);
    await refused(
      all,
      /^Cannot use the run ".*": ".*best\.safetensors" does not match its checksum; put a copy back/,
    );
    await Deno.writeFile(best, weights);
    await Deno.writeTextFile(tokenizer, "{}");
    await refused(["predict"], /tokenizer\.json" does not match its checksum/);
    await Deno.remove(`${run}/SHA256SUMS`); // as a run of an earlier version
    await Deno.writeFile(tokenizer, tokens);

    for (const found of [names.slice(0, 3), [...names, "one more"]]) {
      await Deno.writeTextFile(`${run}/labels.json`, JSON.stringify(found));
      await refused(
        others,
        new RegExp(`expected \\[${found.length}, 32\\], found \\[8, 32\\]|labels\\.json|expected .*labels `),
      );
      const { code, stderr } = await say(["report", "run"]);
      assertEquals(code, 1);
      assertMatch(
        stderr,
        /^Cannot report on ".*": expected row \d+ of its validation rows to have \d probabilities/,
      );
    }
    await Deno.writeFile(`${run}/labels.json`, labels);
    await Deno.writeFile(best, withNaN);
    await refused(
      others,
      /^Cannot load ".*" of ".*best\.safetensors": expected finite numbers, found NaN or infinity/,
    );
    const named = ["evaluate", "run", "--weights", "run/best.safetensors", ...portable];
    assertEquals((await say(named)).code, 1, "also where they are named");
    await Deno.remove(best);
    await refused(all, /^Cannot use the run ".*": expected best\.safetensors, found none; continue the run/);

    await Deno.writeFile(best, weights);
    await Deno.writeFile(`${run}/SHA256SUMS`, sums);
    await Deno.remove(tokenizer);
    await refused(["evaluate"], /tokenizer\.json" is missing/);
  });
});
