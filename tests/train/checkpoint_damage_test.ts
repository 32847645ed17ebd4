/** Checkpoints whose files are damaged. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { loadCheckpoint, saveCheckpoint } from "../../src/train/checkpoint.ts";
import { runFiles } from "../../src/train/run.ts";
import { fill, namesIn, state, truncate, withMemory } from "./checkpointed.ts";
import { contents } from "./tiny.ts";

/** Changes one bit somewhere in the middle of a file. */
async function flip(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[bytes.length >> 1] ^= 16;
  await Deno.writeFile(path, bytes);
}

const checkpointFiles = ["weights.safetensors", "optimizer.safetensors", "state.json", "SHA256SUMS"];
const damages: readonly (readonly [string, (path: string) => Promise<void>])[] = [
  ["cut off", truncate],
  ["empty", (path) => Deno.truncate(path)],
  ["missing", (path) => Deno.remove(path)],
  ["of a flipped bit", flip],
];

for (const [how, damage] of damages) {
  Deno.test(`a checkpoint with a file that is ${how} is given up for the one before, and that is said`, async () => {
    for (const name of checkpointFiles) {
      await withMemory(async (what, values) => {
        const { last } = runFiles(what.folder);
        await saveCheckpoint(what, state(1));
        await fill(what.memory, 2);
        await saveCheckpoint(what, state(2));
        await damage(`${last}/${name}`);
        const told: string[] = [];
        assertEquals(await loadCheckpoint(what, (line) => told.push(line)), state(1));
        assertEquals(await contents(what.memory), values);
        assertEquals(told.length, 1);
        assertMatch(
          told[0],
          /^warning: ".*\/last\/.*" (is missing|does not match its checksum); going on from the checkpoint before it$/,
        );
        // The broken one is gone: it must not take the good one's place when the next is saved.
        assertEquals(namesIn(what.folder), ["last"]);
        assertEquals(await loadCheckpoint(what, (line) => told.push(line)), state(1));
        assertEquals(told.length, 1);
      });
    }
  });
}

Deno.test("two broken checkpoints are an error in one sentence that names both, and stay as they are", async () => {
  await withMemory(async (what) => {
    const { folder } = what;
    for (const step of [1, 2]) await saveCheckpoint(what, state(step));
    await truncate(`${folder}/last/state.json`);
    await flip(`${folder}/previous/weights.safetensors`);
    const { message } = await assertRejects(() => loadCheckpoint(what), OnesheetError);
    assertEquals(
      message,
      `Cannot resume "${folder}": "${folder}/last/state.json" does not match its checksum and ` +
        `"${folder}/previous/weights.safetensors" does not match its checksum; put a copy back, or delete the folder ` +
        "and start again",
    );
    assertEquals(namesIn(folder), ["last", "previous"]);
  });
});
