/** A trial: trained, judged on rows apart, kept, gone on with. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { chooseEngine, constant, never, type Node, type Recipe, relu, type System } from "../../mod.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { readMetrics } from "../../src/train/run.ts";
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

Deno.test("a trial names the last of its best epochs, whose weights were judged", () =>
  withRun(async (folder) => {
    const recipe = tiny({ epochs: 6, learningRate: constant({ rate: 0.1 }), stop: never({ on: "macroF1" }) });
    const found = await trial({ name: "tiny", recipe }, folder, noting());
    const best = (await readMetrics(folder)).filter((row) => row.best).map(({ epoch }) => epoch);
    assert(best.length > 1, `best epochs ${best}`);
    assertEquals([found?.best, found?.epochs], [best.at(-1), 6]);
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

/** Refuses a trial in the folder of another, which stays as it is. */
const refuses = async (folder: string, other: System, options: Partial<TrialOptions>, difference: RegExp) => {
  const before = await Deno.readTextFile(`${folder}/trial.json`);
  const error = await assertRejects(() => trial(other, folder, noting(options)), OnesheetError);
  assertMatch(error.message, /^Cannot use the trial in ".*": /);
  assertMatch(error.message, difference);
  assertMatch(error.message, /; use another --out, or delete that folder$/);
  assertEquals(await Deno.readTextFile(`${folder}/trial.json`), before);
};

Deno.test("a trial of other settings, weights, code, rows or engine in the folder is refused by what differs", () =>
  withRun(async (folder) => {
    const from = { code: "a" };
    await trial(system, folder, noting({ from }));
    const [recipe, more] = [system.recipe, { from }];
    await refuses(folder, { ...system, recipe: tiny({ epochs: 2 }) }, more, /epochs was \d+, would be 2/);
    await refuses(folder, system, { ...more, limit: 9 }, /limit was not set, would be 9/);
    await refuses(
      folder,
      system,
      { ...more, weights: `${folder}/best.safetensors` },
      /weights was random, would be /,
    );
    await refuses(folder, system, { from: { code: "b" } }, /code was a, would be b/);
    const { engine: native } = await chooseEngine("tensorflow");
    await refuses(folder, system, { ...more, engine: native }, /engine was portable, would be tensorflow/);
    const wider: Recipe = {
      ...recipe,
      model: (inputs, at, about) => relu(recipe.model(inputs, at, about) as Node),
    };
    await refuses(folder, { ...system, recipe: wider }, more, /model was \w+, would be \w+/);
  }));

Deno.test("first weights are known by their content, whatever their file is called and whenever it was written", () =>
  withRun(async (folder) => {
    const files = await Deno.makeTempDir(), weights = `${files}/a.safetensors`;
    try {
      await trial(system, `${files}/first`, noting());
      const best = await Deno.readFile(`${files}/first/best.safetensors`);
      await Deno.writeFile(weights, best);
      const found = await trial(system, folder, noting({ weights }));
      const other = best.slice();
      other[other.length - 1] ^= 1;
      await Deno.writeFile(weights, other);
      await refuses(folder, system, { weights }, /weightFiles was .*, would be /);
      await Deno.writeFile(weights, best);
      assertEquals(await trial(system, folder, noting({ weights })), JSON.parse(JSON.stringify(found)));
    } finally {
      await Deno.remove(files, { recursive: true });
    }
  }));
