import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { portable } from "../../src/engine/portable.ts";
import { fit } from "../../src/train/fit.ts";
import { readSessions } from "../../src/train/machine.ts";
import { runFiles } from "../../src/train/run.ts";
import { run } from "./runs.ts";
import { tiny, withRun } from "./tiny.ts";

Deno.test("every stretch of a run is written down: where, from which step, when and why it ended", async () => {
  await withRun(async (folder) => {
    const engine = await portable();
    assertEquals(await readSessions(folder), []);
    await run(tiny(), { engine, folder, maxSteps: 6 });
    await run(tiny(), { engine, folder, resume: true });
    const [first, second, ...more] = await readSessions(folder);
    assertEquals(more, []);
    assertEquals([first.from, first.reason], [0, "step limit"]);
    assertEquals([second.from, second.reason], [6, "epochs"]);
    assertEquals([first.engine, first.device, first.deno], [
      "portable",
      engine.description,
      Deno.version.deno,
    ]);
    assert(first.started <= first.ended! && first.ended! <= second.started);
  });
});

Deno.test("a session that was killed has no end, and a file that is no list of sessions is refused", async () => {
  await withRun(async (folder) => {
    const engine = await portable();
    for await (const event of fit(tiny(), { engine, folder })) {
      if (event.kind === "step") break;
    }
    const [session] = await readSessions(folder);
    assertEquals([session.ended, session.reason], [undefined, undefined]);
    await Deno.writeTextFile(runFiles(folder).machine, `[{"onesheet":1}]`);
    await assertRejects(() => readSessions(folder), OnesheetError, `expected a text as "onesheet", found 1`);
  });
});
