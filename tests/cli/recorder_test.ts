/** What is written down while a run goes on, is killed and goes on again. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { recorder } from "../../src/cli/recorder.ts";
import { portable } from "../../src/engine/portable.ts";
import type { ReadEvent } from "../../src/report/events/event.ts";
import { readEvents } from "../../src/report/events/log.ts";
import { fit, type FitOptions } from "../../src/train/fit.ts";
import { exists, readMetrics, runFiles } from "../../src/train/run.ts";
import { dataset, rowsOf, source, tiny, withRun } from "../train/tiny.ts";

const engine = await portable();
const picture = { width: 4, height: 4, data: new Uint8Array(48).fill(99) };
const validation = {
  ...rowsOf("validation", 7),
  shown: (positions: Int32Array) =>
    Promise.resolve(Array.from(positions, () => ({ picture, text: "a plot" }))),
};
const recipe = tiny({ data: source({ ...dataset(), validation }) });

/** Trains and writes down; ends without a word after so many steps, as a kill does. */
async function recorded(
  folder: string,
  options: Partial<FitOptions> = {},
  killAfter = Infinity,
): Promise<void> {
  using record = recorder(folder, { tell: () => {} });
  for await (const event of fit(recipe, { engine, folder, ...options })) {
    await record.hear(event);
    if (event.kind === "step" && event.step === killAfter) return;
  }
}

/** What the events say, without when. */
const said = async (folder: string) =>
  (await readEvents(runFiles(folder).events)).map(({ time: _, ...rest }: ReadEvent) => rest)
    .sort((a, b) => a.step - b.step || a.tags[0].localeCompare(b.tags[0]));

Deno.test("every step and epoch is an event, with the recipe and posters of the best epochs", async () => {
  await withRun(async (folder) => {
    await recorded(folder);
    const events = await said(folder), rows = await readMetrics(folder);
    const steps = events.flatMap(({ step, scalars }) => "loss/step" in scalars ? [step] : []);
    assertEquals(steps, Array.from({ length: 12 }, (_, i) => i + 1));
    const macro = events.flatMap(({ step, scalars: { "f1/macro": f1 } }) =>
      f1 === undefined ? [] : [[step, f1]]
    );
    assertEquals(macro, rows.map(({ step, macro_f1 }) => [step, Math.fround(macro_f1)]));
    assertEquals(events[0].tags, ["recipe"]);
    const posters = events.filter(({ tags }) => tags[0] === "best/1");
    assertEquals(posters.map(({ step }) => step), rows.filter(({ best }) => best).map(({ step }) => step));
    assertEquals(posters[0].tags, ["best/1", "best/2", "best/3", "worst/1", "worst/2", "worst/3"]);
  });
});

Deno.test("a run that was killed and goes on has the events of one that never stopped, each once", async () => {
  await withRun((whole) =>
    withRun(async (folder) => {
      await recorded(whole);
      await recorded(folder, { checkpointEvery: { steps: 3 } }, 5);
      await recorded(folder, { resume: true }, 8);
      await recorded(folder, { resume: true, maxSteps: 10 });
      await recorded(folder, { resume: true });
      assertEquals(await said(folder), await said(whole));
      assertEquals(
        (await readMetrics(folder)).map(({ seconds: _, ...row }) => row),
        (await readMetrics(whole)).map(({ seconds: _, ...row }) => row),
      );
    })
  );
});

Deno.test("the end of a run, and of a part of one, leaves a whole report, and nothing half-written", async () => {
  await withRun(async (folder) => {
    await recorded(folder, { maxSteps: 2 });
    const files = runFiles(folder);
    assertStringIncludes(await Deno.readTextFile(files.report), "ended: step limit");
    await recorded(folder, { resume: true });
    const page = await Deno.readTextFile(files.report);
    assertStringIncludes(page, "ended: epochs");
    assert(page.trimEnd().endsWith("</html>"));
    assertStringIncludes(page, "Row 0");
    for (const path of [files.curves, files.picture]) assert(await exists(path), path);
    assertEquals([...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".tmp")), []);
  });
});
