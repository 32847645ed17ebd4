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
const filesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);

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
    assertEquals(filesIn(folder).length, 1);
  });
});

Deno.test("only event files that were left half written are removed", async () => {
  await withFolder(async (folder) => {
    await logged(folder, [1], () => true);
    const theirs = ["thesis.tmp", "notes.txt.0b5f9c3e-8a54-4f6e-9a2f-1d2c3b4a5e6f.tmp"];
    for (const name of theirs) await Deno.writeTextFile(`${folder}/${name}`, "mine");
    await logged(folder, [2], () => true);
    assertEquals(filesIn(folder).length, 3);
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
    assertEquals(filesIn(folder).length, 1);
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
