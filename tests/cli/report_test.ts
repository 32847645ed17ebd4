import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { trainSmall, withPlace } from "./command_line.ts";

Deno.test("report writes the page of a run anew, one page for several, and refuses what holds no run", async () => {
  await withPlace(async (place) => {
    const { folder, done, say } = place;
    await trainSmall(place, "--max-steps", "3");
    const written = await Deno.readTextFile(`${folder}/run/report.html`);
    assertStringIncludes(written, "Poster of row");
    for (const name of ["report.html", "curves.svg"]) await Deno.remove(`${folder}/run/${name}`);
    assertEquals((await done(["report", "run"])).stdout, `${folder}/run/report.html\n`);
    assertEquals(await Deno.readTextFile(`${folder}/run/report.html`), written);
    assert((await Deno.stat(`${folder}/run/curves.svg`)).isFile);

    await Deno.mkdir(`${folder}/second`);
    for (const name of ["recipe.json", "labels.json", "metrics.jsonl"]) {
      await Deno.copyFile(`${folder}/run/${name}`, `${folder}/second/${name}`);
    }
    await Deno.mkdir(`${folder}/runs`);
    assertEquals((await done(["report", "run", "second"])).stdout, `${folder}/runs/comparison.html\n`);
    assertStringIncludes(await Deno.readTextFile(`${folder}/runs/comparison.html`), "Comparison of 2 runs");
    await done(["report", "second"]); // an earlier version kept no more than these

    const out = await say(["report", "run", "--out", "a.html"]);
    assertEquals([out.code, out.stderr], [
      2,
      'Cannot use --out with one run: its report is report.html in "run"\n',
    ]);
    const none = await say(["report", "run", "nowhere"]);
    assertEquals(none.code, 2);
    assertStringIncludes(
      none.stderr,
      `Cannot read the run "${folder}/nowhere": expected a run folder, found none`,
    );
  });
});

Deno.test("a broken line of what the run kept is named", async () => {
  await withPlace(async (place) => {
    const { folder, say } = place;
    await trainSmall(place, "--max-steps", "1");
    await Deno.writeTextFile(`${folder}/run/validation.jsonl`, `{"row":1}\n`);
    const { code, stderr } = await say(["report", "run"]);
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      `Cannot read line 1 of "${folder}/run/validation.jsonl": expected a list as "labels"`,
    );
  });
});
