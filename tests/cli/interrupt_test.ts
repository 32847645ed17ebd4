/** Ctrl-C on the real command: the first saves and stops, the second stops at once. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";
import { exists, readMetrics } from "../../src/train/run.ts";
import { inProject, type Place, quickstart, small, withPlace } from "./command_line.ts";

// Windows ends a process where others send it a signal.
const ignore = Deno.build.os === "windows";

/** Listens to what a process says on standard error. */
function listen({ stderr }: Deno.ChildProcess) {
  const reader = stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  const more = async (): Promise<boolean> => {
    const { value, done } = await reader.read();
    said += value ?? "";
    return !done;
  };
  return {
    /** Waits until it has said this. */
    until: async (text: string): Promise<void> => {
      while (!said.includes(text)) {
        if (!await more()) throw new Error(`the process ended without "${text}": ${said}`);
      }
    },
    /** All that it has said, when it has ended. */
    all: async (): Promise<string> => {
      while (await more());
      return said;
    },
  };
}

/** Milliseconds between two presses of a person. */
const A_MOMENT = 300;

const read = async (stream: ReadableStream<Uint8Array>) => await new Response(stream).text();

const train = (run: string, epochs: number) => [
  ...["train", quickstart, "--engine", "portable", ...small, "--epochs", `${epochs}`, "--run", run],
  ...["--set", "stop.patience=99"],
];

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test({
    name: `${signal} ends a run with a checkpoint and ${code}; gone on with it equals one that never stopped`,
    ignore,
    fn: () =>
      withPlace(async ({ start, done, folder }) => {
        const child = start(train("run", 60));
        const { until, all } = listen(child);
        await until("\nepoch 1 ");
        child.kill(signal);
        const [said, stdout] = await Promise.all([all(), read(child.stdout)]);
        assertEquals((await child.status).code, code, said);
        assertStringIncludes(said, "\nstopping after this step; once more stops at once\n");
        assertStringIncludes(stdout, "interrupted; --resume goes on from here");
        const stopped = await readMetrics(`${folder}/run`);
        assert(stopped.length < 60, "the signal came too late to tell anything");

        const epochs = stopped.length + 2;
        const resume = ["--resume", "--run", "run", "--epochs", `${epochs}`];
        await done(["train", quickstart, "--engine", "portable", ...resume]);
        await done(train("whole", epochs));
        const outcome = async (run: string) => [
          (await readMetrics(`${folder}/${run}`)).map(({ seconds: _, ...row }) => row),
          await Deno.readFile(`${folder}/${run}/best.safetensors`),
          await Deno.readFile(`${folder}/${run}/last/weights.safetensors`),
          await Deno.readFile(`${folder}/${run}/last/optimizer.safetensors`),
        ];
        assertEquals(await outcome("run"), await outcome("whole"));
      }),
  });
}

/** A recipe whose second batch never comes: a step that takes for ever. */
async function endless({ folder }: Place): Promise<string> {
  await Deno.writeTextFile(
    `${folder}/endless.ts`,
    `import { choice, recipe } from ${JSON.stringify(inProject("mod.ts"))};
     import quickstart from ${JSON.stringify(quickstart)};
     const ones = (name, numbers) => {
       const { shape, dtype } = quickstart.data.made.inputs[name];
       return { dtype, shape: [16, ...shape], data: new (dtype === "int32" ? Int32Array : Float32Array)(16 * numbers).fill(1) };
     };
     const inputs = Object.fromEntries(Object.entries(quickstart.data.made.inputs).map(([name, { shape }]) =>
       [name, ones(name, shape.reduce((a, b) => a * b, 1))]));
     let asked = 0;
     const batch = async () => {
       if (asked++ === 3) console.error("after the first step");
       if (asked > 1) await new Promise((resolve) => setTimeout(resolve, 1e9));
       return { inputs, labels: new Float32Array(16 * 8) };
     };
     const side = { size: 80, ids: Int32Array.from({ length: 80 }, (_, i) => i), batch };
     const open = async () => ({
       labels: [..."abcdefgh"], train: side, validation: side, kept: {}, [Symbol.asyncDispose]: async () => {},
     });
     const data = choice("endless", {}, () => ({ ...quickstart.data.made, open }));
     export default recipe({ ...quickstart, data });`,
  );
  return "endless.ts";
}

Deno.test({
  name: "a second signal ends a run at once, in the middle of a step and without a checkpoint",
  ignore,
  fn: () =>
    withPlace(async (place) => {
      const { start, folder } = place;
      const child = start(["train", await endless(place), "--engine", "portable", "--run", "run"]);
      const { until, all } = listen(child);
      await until("after the first step");
      child.kill("SIGINT");
      await until("once more stops at once");
      await delay(A_MOMENT);
      child.kill("SIGINT");
      const tooLong = setTimeout(() => child.kill("SIGKILL"), 20_000);
      const [said, stdout] = await Promise.all([all(), read(child.stdout)]);
      clearTimeout(tooLong);
      assertEquals([(await child.status).code, stdout], [130, ""], said);
      assertEquals(await exists(`${folder}/run/last`), false);
    }),
});

Deno.test({
  name: "signals that come together are one press, as a terminal and a task pass the same Ctrl-C on",
  ignore,
  fn: () =>
    withPlace(async ({ folder }) => {
      const interrupt = JSON.stringify(inProject("src/cli/interrupt.ts"));
      await Deno.writeTextFile(
        `${folder}/idle.ts`,
        `import { interruptible } from ${interrupt};
         using interrupt = interruptible();
         interrupt.watch();
         console.error("ready");
         await new Promise((resolve) => interrupt.signal.addEventListener("abort", resolve));
         await new Promise((resolve) => setTimeout(resolve, 500));
         console.log("saved");
         Deno.exit(interrupt.exitCode);`,
      );
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", `${folder}/idle.ts`],
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const { until, all } = listen(child);
      await until("ready");
      child.kill("SIGINT");
      await until("once more");
      child.kill("SIGINT");
      const [said, stdout] = await Promise.all([all(), read(child.stdout)]);
      assertEquals([(await child.status).code, stdout], [130, "saved\n"], said);
    }),
});

Deno.test({
  name: "a second signal in the middle of writing leaves no half-written file",
  ignore,
  fn: () =>
    withPlace(async ({ folder }) => {
      const [interrupt, files] = ["cli/interrupt.ts", "base/files.ts"].map((path) =>
        JSON.stringify(inProject(`src/${path}`))
      );
      await Deno.writeTextFile(
        `${folder}/writes.ts`,
        `import { interruptible } from ${interrupt};
         import { writeWhole } from ${files};
         using interrupt = interruptible();
         interrupt.watch();
         await writeWhole("${folder}/report.html", async (file) => {
           await file.write(new Uint8Array(1000));
           console.error("writing");
           await new Promise((resolve) => setTimeout(resolve, 1e9));
         });`,
      );
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", `${folder}/writes.ts`],
        stdout: "null",
        stderr: "piped",
      }).spawn();
      const { until, all } = listen(child);
      await until("writing");
      child.kill("SIGINT");
      await until("once more stops at once");
      await delay(A_MOMENT);
      child.kill("SIGINT");
      const said = await all();
      assertEquals((await child.status).code, 130, said);
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["writes.ts"]);
    }),
});
