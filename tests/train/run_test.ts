import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { demandNoRun, startRun } from "../../src/train/begin.ts";
import {
  demandLabelsOf,
  type EpochMetrics,
  exists,
  readLabels,
  readMetrics,
  readRecord,
  runFiles,
  type RunRecord,
  writeMetrics,
  writeRecord,
} from "../../src/train/run.ts";
import { labels, withRun } from "./tiny.ts";

const record: RunRecord = {
  onesheet: "0.1.0",
  module: "/recipes/own.ts",
  settings: ["epochs=2", "name=ü"],
  limit: 40,
  weights: "random",
  engine: "portable",
  recipe: { name: "own", loss: { name: "focal", alpha: 0.25 } },
};
const split = '{"size":0,"train":0,"validation":0}\n';
const kept = { "tokenizer.json": "{}", "words.txt": "a\nb\n" };

const epoch = (number: number): EpochMetrics => ({
  ...{ epoch: number, step: number * 4, lr: 1e-4 / 3, train_loss: 0.1 + 0.2, val_loss: 0.5 },
  ...{ macro_f1: 0.4, micro_f1: 0.5, weighted_f1: 0.6, samples_f1: 0.7, seconds: 1.5, best: true },
  per_label: [{ label: "red", precision: 1, recall: 0.5, f1: 2 / 3, support: 2, predicted: 1 }],
});

Deno.test("a run folder has the record, the labels and what the source keeps", async () => {
  await withRun(async (folder) => {
    await startRun(folder, record, { labels, kept }, split);
    assertEquals(await readRecord(folder), record);
    assertEquals(await readLabels(folder), labels);
    const { reader } = runFiles(folder);
    for (const [name, text] of Object.entries(kept)) {
      assertEquals(await Deno.readTextFile(`${reader}/${name}`), text);
    }
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "SHA256SUMS",
      "labels.json",
      "reader",
      "recipe.json",
      "split.jsonl",
    ]);
  });
});

Deno.test("the record comes last: a folder without it holds no run, and can be started in again", async () => {
  await withRun(async (folder) => {
    await demandNoRun(folder);
    const broken = { labels, kept: { "no/such/folder.json": "" } };
    await assertRejects(() => startRun(folder, record, broken, split));
    await demandNoRun(folder);
    await Deno.mkdir(runFiles(folder).labels);
    await assertRejects(() => startRun(folder, record, { labels, kept }, split));
    await demandNoRun(folder);
    await Deno.remove(runFiles(folder).labels);
    await startRun(folder, record, { labels, kept }, split);
  });
});

Deno.test("a folder in which a run has trained is not started in, one in which it failed before is", async () => {
  await withRun(async (folder) => {
    await startRun(folder, record, { labels, kept }, split);
    await demandNoRun(folder);
    await Deno.writeTextFile(runFiles(folder).metrics, "");
    const error = await assertRejects(() => demandNoRun(folder), OnesheetError);
    assertEquals([error.message, error.exitCode], [
      `Cannot start a run in "${folder}": it already holds one; use --resume to go on with it, or another --run`,
      2,
    ]);
  });
});

Deno.test("a record is replaced whole", async () => {
  await withRun(async (folder) => {
    await startRun(folder, record, { labels, kept }, split);
    await writeRecord(folder, { ...record, settings: [] });
    assertEquals((await readRecord(folder)).settings, []);
  });
});

Deno.test("a folder without a record, or with a broken one, is an error that says what was found", async () => {
  await withRun(async (folder) => {
    const found = async () => {
      const { message, exitCode } = await assertRejects(() => readRecord(folder), OnesheetError);
      assertEquals(exitCode, 2);
      return message.replace(`Cannot read the run "${folder}": expected a run folder, found `, "");
    };
    assertEquals(await found(), "none");
    await Deno.writeTextFile(folder, "");
    assertEquals(await found(), "a file");
    await Deno.remove(folder);
    await Deno.mkdir(folder);
    assertEquals(await found(), "a folder without recipe.json, in which no run has begun");
    await Deno.writeTextFile(runFiles(folder).recipe, `{"onesheet":`);
    const broken = await assertRejects(() => readRecord(folder), OnesheetError);
    assertMatch(broken.message, /^Cannot read ".*recipe.json": expected JSON, found /);
  });
});

Deno.test("data is refused when its labels are not those of the run, in the run's order", async () => {
  await withRun(async (folder) => {
    await startRun(folder, record, { labels, kept }, split);
    await demandLabelsOf(folder, labels);
    for (const other of [["blue", "green"], ["green", "blue", "red"], ["blue", "green", "violet"]]) {
      const error = await assertRejects(() => demandLabelsOf(folder, other), OnesheetError);
      assertEquals(
        error.message,
        `Cannot use this data with the run "${folder}": expected the labels blue, green, red, found ${
          other.join(", ")
        }`,
      );
    }
  });
});

Deno.test("metrics are a line an epoch and come back exactly; no file is no epochs", async () => {
  await withRun(async (folder) => {
    assertEquals(await readMetrics(folder), []);
    await Deno.mkdir(folder);
    const rows = [epoch(1), { ...epoch(2), partial: true as const }];
    await writeMetrics(folder, rows);
    assertEquals(await readMetrics(folder), rows);
    assertEquals((await Deno.readTextFile(runFiles(folder).metrics)).split("\n").length, 3);
    await writeMetrics(folder, rows.slice(0, 1));
    assertEquals(await readMetrics(folder), [epoch(1)]);
  });
});

Deno.test("a file that is no JSON is named, with the line where it has many", async () => {
  await withRun(async (folder) => {
    await startRun(folder, record, { labels, kept }, split);
    await writeMetrics(folder, [epoch(1), epoch(2)]);
    const { metrics, labels: file } = runFiles(folder);
    await Deno.truncate(metrics, (await Deno.stat(metrics)).size - 9);
    await Deno.truncate(file, 3);
    const messages = await Promise.all(
      [readMetrics, readLabels].map(async (read) =>
        (await assertRejects(() => read(folder), OnesheetError)).message
      ),
    );
    assertStringIncludes(messages[0], `Cannot read line 2 of "${metrics}": expected JSON, found `);
    assertStringIncludes(messages[1], `Cannot read "${file}": expected JSON, found `);
  });
});

Deno.test("files and folders exist, other names do not", async () => {
  await withRun(async (folder) => {
    assertEquals(await exists(folder), false);
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/a`, "");
    assertEquals(await Promise.all([folder, `${folder}/a`, `${folder}/a/b`].map(exists)), [
      true,
      true,
      false,
    ]);
  });
});

Deno.test("settings and labels are read again as they were written, with tabs, joiners and odd names", async () => {
  await withRun(async (folder) => {
    const settings = ["data.separator=\t", "name=\x1b[31m\u200c\u202e\n"];
    const odd = [
      "\u0639\u0644\u0645\u06cc\u200c\u062a",
      "so\u00adlar",
      "\ud83d\udc69\u200d\ud83d\ude80",
      "__proto__",
      "constructor",
    ];
    await startRun(folder, { ...record, settings, data: "/a\tb/\u202e" }, { labels: odd, kept }, split);
    assertEquals((await readRecord(folder)).settings, settings);
    assertEquals(await readLabels(folder), odd);
    await demandLabelsOf(folder, odd);
    await assertRejects(() => demandLabelsOf(folder, ["a, b", ...odd.slice(1)]), OnesheetError);
  });
});

Deno.test("what could not be read again is not begun: the folder holds no run", async () => {
  await withRun(async (folder) => {
    let deep: unknown = [];
    for (let level = 0; level < 40; level++) deep = [deep];
    const runs = [
      [
        record,
        ["drama", "sci\nfi"],
        "Cannot write labels.json: expected a label in one line, found the character U+000A",
      ],
      [
        record,
        ["drama", "drama"],
        'Cannot write labels.json: expected every label once, found "drama" twice',
      ],
      [
        { ...record, recipe: { name: "own", deep } },
        labels,
        "Cannot write recipe.json: expected at most 32 levels",
      ],
      [
        { ...record, recipe: { name: 7 } },
        labels,
        'Cannot write recipe.json: expected a text as "name", found 7',
      ],
    ] as const;
    for (const [record, labels, why] of runs) {
      await assertRejects(() => startRun(folder, record, { labels, kept }, split), OnesheetError, why);
      assertEquals(await exists(folder), false);
    }
  });
});

Deno.test("what other programs leave in a run folder is read, or refused at once", async () => {
  await withRun(async (folder) => {
    await startRun(folder, record, { labels, kept }, split);
    const file = runFiles(folder), text = await Deno.readTextFile(file.labels);
    await Deno.writeTextFile(file.labels, `\ufeff${text.replaceAll("\n", "\r\n")}`);
    assertEquals(await readLabels(folder), labels);
    await Deno.writeTextFile(file.labels, JSON.stringify(["a\x1b[2J"]));
    const { message } = await assertRejects(() => readLabels(folder), OnesheetError, "U+001B");
    assertEquals(message.includes("\x1b"), false);
    if (Deno.build.os === "windows") return;
    for (const path of [file.labels, file.recipe, file.metrics]) {
      await Deno.remove(path).catch(() => {});
      await new Deno.Command("mkfifo", { args: [path] }).output();
    }
    const refused = "expected a regular file, found a named pipe";
    for (const read of [readLabels, readRecord, readMetrics]) {
      await assertRejects(() => read(folder) as Promise<unknown>, OnesheetError, refused);
    }
  });
});
