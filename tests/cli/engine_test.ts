/** Precision and compilation on the command line: told, recorded, kept. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readRecord } from "../../src/train/run.ts";
import { libraryFiles, nativeTest } from "../engine/native.ts";
import { quickstart, small, trainSmall, withPlace } from "./command_line.ts";

nativeTest("a run tells and records its precision, and keeps it when it goes on", async () => {
  await withPlace(async ({ folder, done }) => {
    const env = { ONESHEET_TENSORFLOW: libraryFiles!.folder };
    const run = `${folder}/run`;
    const args = ["train", quickstart, "--engine", "tensorflow", "--run", run, ...small];
    const first = await done([...args, "--precision", "bfloat16", "--max-steps", "1"], env);
    assertMatch(first.stderr, /^quickstart on libtensorflow .*, bfloat16 \(tensorflow: as asked\)\n/);
    assertEquals((await readRecord(run)).engineOptions, { precision: "bfloat16" });

    const again = ["train", quickstart, "--engine", "tensorflow", "--run", run, "--resume"];
    const second = await done([...again, "--max-steps", "2"], env);
    assertStringIncludes(second.stderr, ", bfloat16 (tensorflow");
    assertEquals((await readRecord(run)).engineOptions, { precision: "bfloat16" });

    const third = await done([...again, "--precision", "float32", "--max-steps", "3"], env);
    assertMatch(third.stderr, /^quickstart on libtensorflow .* threads? \(tensorflow: as asked\)\n/);
    assertEquals((await readRecord(run)).engineOptions, {});
  });
});

Deno.test("an option that an engine does not have is refused before anything is written", async () => {
  await withPlace(async (place) => {
    const args = ["train", quickstart, "--run", `${place.folder}/run`, "--engine", "portable"];
    const { code, stderr } = await place.say([...args, "--precision", "mixed"]);
    assertEquals(code, 2);
    assertMatch(stderr, /^Cannot use --precision mixed on the portable engine: .*\n$/);
    assertEquals([...Deno.readDirSync(place.folder)].map(({ name }) => name), []);
    const unknown = await place.say([...args, "--precision", "float16"]);
    assertEquals(unknown.code, 2);
    assertStringIncludes(unknown.stderr, "expected one of float32, bfloat16, mixed");
  });
});

Deno.test("a run on usual options records none", async () => {
  await withPlace(async (place) => {
    await trainSmall(place, "--max-steps", "1");
    assertEquals((await readRecord(`${place.folder}/run`)).engineOptions, {});
  });
});

nativeTest("a run goes on with the engine it began with, which is another's bits otherwise", async () => {
  await withPlace(async ({ done, folder }) => {
    const run = ["--run", `${folder}/run`];
    await done(["train", quickstart, ...small, ...run, "--engine", "portable", "--max-steps", "1"]);
    const { stderr } = await done(["train", quickstart, ...run, "--resume", "--max-steps", "2"], {
      ONESHEET_TENSORFLOW: libraryFiles!.folder,
    });
    assertMatch(stderr, /^quickstart on .* \(portable: /m);
  });
});
