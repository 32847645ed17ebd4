import { assert, assertEquals } from "@std/assert";
import { temporaryName } from "../../../src/base/files.ts";
import { encodeJpeg } from "../../../src/data/drawn/jpeg.ts";
import { openEvents, readEvents } from "../../../src/report/events/log.ts";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await test(`${root}/events`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const stepsIn = async (folder: string) => (await readEvents(folder)).map(({ step }) => step);
const filesIn = (folder: string) =>
  [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`).sort();
/** Files that hold something. */
const fullIn = (folder: string) => filesIn(folder).filter((path) => Deno.statSync(path).size > 0);

async function logged(folder: string, steps: readonly number[], keep: (step: number) => boolean) {
  using log = await openEvents(folder, ({ step }) => keep(step));
  for (const step of steps) log.add(step, [{ tag: "loss/step", scalar: 1 / step }]);
  return log.kept.map(({ step }) => step);
}

Deno.test("events are there as soon as they are added; no folder holds none", async () => {
  await withFolder(async (folder) => {
    assertEquals(await readEvents(folder), []);
    using log = await openEvents(folder, () => true);
    log.add(3, [{ tag: "loss/step", scalar: 0.5 }]);
    assertEquals((await readEvents(folder)).map(({ step, scalars }) => [step, scalars]), [[3, {
      "loss/step": 0.5,
    }]]);
  });
});

Deno.test("a run that was killed while it wrote goes on from its checkpoint, each step once", async () => {
  await withFolder(async (folder) => {
    await logged(folder, [1, 2, 3, 4, 5], () => true);
    const [file] = filesIn(folder);
    await Deno.writeTextFile(temporaryName(file), "half");
    await Deno.truncate(file, (await Deno.stat(file)).size - 9); // in the middle of the fifth
    assertEquals(await stepsIn(folder), [1, 2, 3, 4]);
    assertEquals(await logged(folder, [4, 5, 6], (step) => step <= 3), [1, 2, 3]);
    assertEquals(await stepsIn(folder), [1, 2, 3, 4, 5, 6]);
    assertEquals(fullIn(folder).length, 1);
  });
});

Deno.test("only event files that were left half written are removed", async () => {
  await withFolder(async (folder) => {
    await logged(folder, [1], () => true);
    const theirs = ["thesis.tmp", "notes.txt.0b5f9c3e-8a54-4f6e-9a2f-1d2c3b4a5e6f.tmp"];
    for (const name of theirs) await Deno.writeTextFile(`${folder}/${name}`, "mine");
    await logged(folder, [2], () => true);
    assertEquals(fullIn(folder).length, 3);
    for (const name of theirs) assertEquals(await Deno.readTextFile(`${folder}/${name}`), "mine");
  });
});

Deno.test("where the old file is still there, the new one counts and the old one goes", async () => {
  await withFolder(async (folder) => {
    await logged(folder, [1, 2], () => true);
    const [first] = filesIn(folder), old = await Deno.readFile(first);
    await logged(folder, [3], () => true);
    await Deno.writeFile(first, old);
    assertEquals(await stepsIn(folder), [1, 2, 3]);
    assertEquals(await logged(folder, [], () => true), [1, 2, 3]);
    assertEquals(fullIn(folder).length, 1);
  });
});

Deno.test({
  name: "emptied event files take nothing from a hard copy of the run, nor from what a link leads to",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      await logged(folder, [1], () => true);
      const [first] = filesIn(folder), copy = `${folder}/copy`, bytes = await Deno.readFile(first);
      await Deno.link(first, copy);
      await Deno.writeTextFile(`${folder}/mine`, "mine");
      await Deno.symlink(`${folder}/mine`, first.replace("0000000001", "0"));
      await logged(folder, [2], () => true);
      assertEquals([await Deno.readFile(copy), await Deno.readTextFile(`${folder}/mine`)], [bytes, "mine"]);
      assertEquals(await stepsIn(folder), [1, 2]);
    }),
});

Deno.test("the names of event files have the order of their numbers, also after the file of an earlier version", async () => {
  await withFolder(async (folder) => {
    const names: string[] = [];
    for (let step = 1; step <= 12; step++) {
      assertEquals(
        await logged(folder, [step], () => true),
        Array.from({ length: step - 1 }, (_, i) => i + 1),
      );
      names.push(...fullIn(folder));
    }
    assertEquals(names, filesIn(folder));
    assertEquals(names.length, 12);
    await Deno.rename(names[11], `${folder}/events.out.tfevents.12.onesheet`);
    assertEquals(await logged(folder, [13], () => true), Array.from({ length: 12 }, (_, i) => i + 1));
    assertEquals(fullIn(folder).map((path) => path.split(".").at(-2)), ["0000000013"]);
  });
});

/** A Python that has TensorBoard. */
const python = Deno.env.get("ONESHEET_TENSORBOARD_PYTHON");

/** What TensorBoard's own reader finds, as JSON. */
const reader = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator as Served
old, served = EventAccumulator(sys.argv[1]), Served(sys.argv[1])
old.Reload(); served.Reload()
text, image = (served.Tensors(tag)[0].tensor_proto.string_val for tag in ("recipe", "worst/1"))
print(json.dumps({
  "scalars": [[e.step, round(e.value, 6)] for e in old.Scalars("loss/step")],
  "served": len(served.Tensors("loss/step")),
  "text": text[0].decode(),
  "plugins": [served.SummaryMetadata(tag).plugin_data.plugin_name for tag in ("loss/step", "recipe", "worst/1")],
  "image": [image[0].decode(), image[1].decode(), len(image[2])],
}))`;

Deno.test({
  name: "TensorBoard's own reader reads scalars, text and images, each step once" +
    (python === undefined ? " (skipped: ONESHEET_TENSORBOARD_PYTHON names no Python that has it)" : ""),
  ignore: python === undefined,
  fn: async () => {
    await withFolder(async (folder) => {
      const image = encodeJpeg({ width: 8, height: 16, data: new Uint8Array(8 * 16 * 3) });
      {
        using log = await openEvents(folder, () => true);
        log.add(0, [{ tag: "recipe", text: "# films, é" }]);
        for (const step of [1, 2, 3]) log.add(step, [{ tag: "loss/step", scalar: step / 4 }]);
        log.add(3, [{ tag: "worst/1", width: 8, height: 16, image }]);
      }
      using again = await openEvents(folder, ({ step }) => step <= 3);
      again.add(4, [{ tag: "loss/step", scalar: 1 }]);
      const { success, stdout, stderr } = await new Deno.Command(python!, { args: ["-c", reader, folder] })
        .output();
      assert(success, new TextDecoder().decode(stderr));
      assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
        scalars: [[1, 0.25], [2, 0.5], [3, 0.75], [4, 1]],
        served: 4,
        text: "# films, é",
        plugins: ["scalars", "text", "images"],
        image: ["8", "16", image.length],
      });
    });
  },
});

/** A TensorBoard that stays open: for every line it is sent, the last step that it knows, and the one on the disk. */
const openReader = `
import sys, logging
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
logging.disable(logging.CRITICAL)
kept = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
for line in sys.stdin:
    anew = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
    for reader in (kept, anew): reader.Reload()
    last = [str(reader.Scalars("loss/step")[-1].step) for reader in (kept, anew)]
    sys.stdout.write(" ".join(last) + "\\n")
    sys.stdout.flush()`;

Deno.test({
  name: "a TensorBoard that is open follows a run through a dozen resumes" +
    (python === undefined ? " (skipped: ONESHEET_TENSORBOARD_PYTHON names no Python that has it)" : ""),
  ignore: python === undefined,
  fn: async () => {
    await withFolder(async (folder) => {
      await logged(folder, [1], () => true);
      const child = new Deno.Command(python!, {
        args: ["-c", openReader, folder],
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const writer = child.stdin.getWriter(),
        reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      for (let step = 2; step <= 13; step++) {
        await writer.write(new TextEncoder().encode("look\n"));
        assertEquals((await reader.read()).value, `${step - 1} ${step - 1}\n`);
        await logged(folder, [step], () => true);
      }
      await writer.close();
      await reader.cancel();
      await child.status;
    });
  },
});
