import { assert, assertEquals } from "@std/assert";
import { serveBench } from "../../bench/serve.ts";
import { small } from "../cli/command_line.ts";
import { nativeTest } from "../engine/native.ts";

nativeTest("a few clients are all answered, and their answers are counted", async () => {
  const notes: string[] = [];
  const figures = await serveBench(
    { clients: 4, seconds: 600, requests: 24, training: [...small, "--epochs", "1"] },
    { pairs: 1, engine: "cpu", onNote: (note) => void notes.push(note) },
  );
  assertEquals(notes[0].split(" ").slice(0, 2), ["24", "answers"]);
  const [answers, half, most, errors] = figures.map(({ ours }) => ours);
  assertEquals(errors, 0);
  assert(answers > 0 && half > 0 && half <= most);
});
