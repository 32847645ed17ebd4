/** A trial: trained, judged on rows apart, kept, gone on with. */
import { assertEquals, assertRejects } from "@std/assert";
import { chooseEngine } from "../../mod.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { trial, type TrialOptions } from "../../src/train/trial.ts";
import { tiny, withRun } from "./tiny.ts";

const { engine } = await chooseEngine("portable");

/** Options that note the events. */
function noting(more: Partial<TrialOptions> = {}): TrialOptions & { readonly events: TrainEvent[] } {
  const events: TrainEvent[] = [];
  return { engine, tell: () => {}, onEvent: (event) => void events.push(event), events, ...more };
}

const system = { name: "tiny", recipe: tiny() };

Deno.test("a trial is judged on the rows that did not choose, and a second call reads it", () =>
  withRun(async (folder) => {
    const found = await trial(system, folder, noting());
    assertEquals(found?.rows, { train: 18, validation: 4, test: 3 });
    assertEquals(found?.scores.perLabel.every(({ support }) => support <= 3), true);
    const again = noting();
    assertEquals(await trial(system, folder, again), JSON.parse(JSON.stringify(found)));
    assertEquals(again.events, []);
  }));

Deno.test("a trial that was stopped goes on where it was, to the same scores", () =>
  withRun(async (folder) => {
    const stop = new AbortController();
    const events: TrainEvent[] = [];
    const stopped = await trial(system, folder, {
      ...noting(),
      signal: stop.signal,
      onEvent: (event) => {
        events.push(event);
        if (event.kind === "step" && event.step === 6) stop.abort();
      },
    });
    assertEquals([stopped, events.at(-1)?.kind], [undefined, "end"]);
    const gone = noting();
    const found = await trial(system, folder, gone);
    const [first] = gone.events;
    assertEquals(first.kind === "step" && first.step, 7);
    await withRun(async (other) => {
      assertEquals((await trial(system, other, noting()))?.scores, found?.scores);
    });
  }));

Deno.test("a trial of other settings in the folder is refused", () =>
  withRun(async (folder) => {
    await trial(system, folder, noting());
    await assertRejects(
      () => trial({ ...system, recipe: tiny({ epochs: 2 }) }, folder, noting()),
      Error,
      "it was begun with another recipe, other settings or other data; use another --out",
    );
  }));
