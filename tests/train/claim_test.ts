import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { temporaryName } from "../../src/base/files.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import { claimRun, removeLeftovers } from "../../src/train/claim.ts";
import { exists, runFiles } from "../../src/train/run.ts";
import { namesIn } from "./checkpointed.ts";
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
    const half = temporaryName(`${folder}/last`);
    await Deno.mkdir(`${folder}/reader`, { recursive: true });
    await Deno.mkdir(half);
    await Deno.writeTextFile(`${half}/weights.safetensors`, "half");
    for (const name of ["best.safetensors", "report.html", "reader/tokenizer.json"]) {
      await Deno.writeTextFile(temporaryName(`${folder}/${name}`), "half");
    }
    await Deno.writeTextFile(`${folder}/best.safetensors`, "whole");
    await Deno.writeTextFile(`${folder}/reader/tokenizer.json`, "whole");
    await Deno.writeTextFile(`${folder}/lock`, "process 1 since before");
    using _claimed = await claimRun(folder);
    await removeLeftovers(folder);
    assertEquals(namesIn(folder), ["best.safetensors", "lock", "reader"]);
    assertEquals(namesIn(`${folder}/reader`), ["tokenizer.json"]);
  });
});

Deno.test("a person's files stay, whatever they are called", async () => {
  await withRun(async (folder) => {
    const uuid = crypto.randomUUID();
    await Deno.mkdir(`${folder}/thesis.tmp`, { recursive: true });
    await Deno.mkdir(`${folder}/elsewhere`);
    await Deno.writeTextFile(`${folder}/thesis.tmp/chapter.tex`, "years of work");
    for (const name of ["last.tmp", `thesis.${uuid}.tmp`, `last.1.tmp`, `elsewhere/last.${uuid}.tmp`]) {
      await Deno.writeTextFile(`${folder}/${name}`, "mine");
    }
    await Deno.symlink(`${folder}/elsewhere`, `${folder}/previous.${uuid}.tmp`);
    const before = namesIn(folder);
    using _claimed = await claimRun(folder);
    await removeLeftovers(folder);
    assertEquals(namesIn(folder).filter((name) => name !== "lock"), before);
    assertEquals(namesIn(`${folder}/elsewhere`), [`last.${uuid}.tmp`]);
  });
});

Deno.test("a link in the place of something of a run is refused, and its target stays as it is", async () => {
  await withRun((root) =>
    withRun(async (elsewhere) => {
      await Deno.mkdir(`${elsewhere}/folder`, { recursive: true });
      await Deno.writeTextFile(`${elsewhere}/file`, "years of work");
      for (const name of Object.values(runFiles("")).map((path) => path.replace(/^[/.]*/, ""))) {
        for (const [i, target] of ["file", "folder", "none"].entries()) {
          const folder = `${root}/${name}-${i}`;
          await Deno.mkdir(folder, { recursive: true });
          await Deno.symlink(`${elsewhere}/${target}`, `${folder}/${name}`);
          const message = await refusal(folder);
          assertStringIncludes(message, `found the link "${folder}/${name}"; remove it`);
          assertEquals(namesIn(folder), [name]);
        }
      }
      const folder = `${root}/inside`;
      await Deno.mkdir(`${folder}/last`, { recursive: true });
      await Deno.symlink(`${elsewhere}/file`, `${folder}/last/weights.safetensors`);
      assertStringIncludes(await refusal(folder), `found the link "${folder}/last/weights.safetensors"`);
      assertEquals(await Deno.readTextFile(`${elsewhere}/file`), "years of work");
      assertEquals([namesIn(elsewhere), namesIn(`${elsewhere}/folder`)], [["file", "folder"], []]);
    })
  );
});

Deno.test("a run folder that is a link itself is used", async () => {
  await withRun((root) =>
    withRun(async (elsewhere) => {
      await Deno.mkdir(elsewhere);
      await Deno.mkdir(root);
      await Deno.symlink(elsewhere, `${root}/run`);
      {
        using _claimed = await claimRun(`${root}/run`);
        assertEquals(namesIn(elsewhere), ["lock"]);
      }
      await Deno.symlink(root, `${elsewhere}/events`);
      assertStringIncludes(await refusal(`${root}/run`), `found the link "${root}/run/events"`);
    })
  );
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
