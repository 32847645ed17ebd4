/** The first step: of a fresh process, and of the real command. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { secondsToFirstStep, writeFilms } from "../../bench/first_step.ts";
import { traceBench } from "../../bench/start.ts";
import { miniature } from "../../bench/workload.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import { mmimdb } from "../../src/data/mmimdb.ts";
import { placesIn } from "../data/parquet_files.ts";
import { nativeTest } from "../engine/native.ts";

Deno.test("the films of the bench have as many labels as the recipe", async () => {
  const folder = await Deno.makeTempDir();
  const films = join(folder, "films");
  await writeFilms(films);
  {
    await using set = await mmimdb({ pixels: 32, tokens: 16 }).made.open(
      { data: films },
      placesIn(join(folder, "cache")),
    );
    assertEquals([set.labels.length, set.train.size + set.validation.size], [26, 60]);
  }
  await Deno.remove(folder, { recursive: true });
});

nativeTest("the first step of a fresh process in miniature", async () => {
  const options = { pairs: 1, engine: "cpu", onNote: () => {} } as const;
  const [{ name, ours }] = await traceBench(miniature, options);
  assertEquals(name, "trace and first step");
  assert(ours > 0);
});

nativeTest("the command is timed to its first step, and then ended", async () => {
  assert(await secondsToFirstStep(["recipes/quickstart.ts", "--engine", "tensorflow"]) > 0);
});

Deno.test("a command that ends before its first step is an error that says what it said", async () => {
  const failing = () => secondsToFirstStep(["recipes/none.ts"]);
  await assertRejects(failing, OnesheetError, "Cannot load the recipe");
});
