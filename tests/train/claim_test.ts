import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { claimRun } from "../../src/train/claim.ts";
import { exists } from "../../src/train/run.ts";
import { withRun } from "./tiny.ts";

const refusal = async (folder: string) =>
  (await assertRejects(() => claimRun(folder), OnesheetError)).message;

Deno.test("a run folder in use is refused with its process and what to do, and stays as it is", async () => {
  await withRun(async (folder) => {
    using _claimed = await claimRun(folder);
    await Deno.writeTextFile(`${folder}/weights.1.tmp`, "being written");
    const message = (await refusal(folder)).replace(/since \S+Z/, "since NOW");
    assertEquals(
      message,
      `Cannot use the run folder "${folder}": process ${Deno.pid} since NOW trains in it; wait for its end, stop it by ` +
        `kill ${Deno.pid}, or name another by --run`,
    );
    assert(await exists(`${folder}/weights.1.tmp`));
  });
});

Deno.test("a folder that was made and stayed empty is removed, those above it too; others stay", async () => {
  await withRun(async (root) => {
    (await claimRun(`${root}/a/b`))[Symbol.dispose]();
    assertEquals(await exists(root), false);
    {
      using _claimed = await claimRun(`${root}/a/b`);
      await Deno.writeTextFile(`${root}/a/kept`, "");
    }
    assertEquals([...Deno.readDirSync(`${root}/a`)].map(({ name }) => name), ["kept"]);
    await Deno.mkdir(`${root}/there`);
    (await claimRun(`${root}/there`))[Symbol.dispose]();
    assert(await exists(`${root}/there`));
  });
});

Deno.test("what a killed process left half written is gone, and its lock keeps nobody out", async () => {
  await withRun(async (folder) => {
    await Deno.mkdir(`${folder}/last.1.0.tmp`, { recursive: true });
    await Deno.writeTextFile(`${folder}/last.1.0.tmp/weights.safetensors`, "half");
    await Deno.writeTextFile(`${folder}/best.safetensors.1.7.tmp`, "half");
    await Deno.writeTextFile(`${folder}/best.safetensors`, "whole");
    await Deno.writeTextFile(`${folder}/lock`, "process 1 since before");
    using _claimed = await claimRun(folder);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["best.safetensors", "lock"]);
  });
});

Deno.test("a file in the folder's place is said", async () => {
  await withRun(async (folder) => {
    await Deno.writeTextFile(folder, "");
    assertEquals(
      await refusal(folder),
      `Cannot use the run folder "${folder}": expected a folder that can be written to, found a file; ` +
        "name another by --run",
    );
  });
});
