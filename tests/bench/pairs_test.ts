/** Pairs: the order, the figures, and the whole way through processes in miniature. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { compare, figureOf, inTurns, median } from "../../bench/bench.ts";
import { openChild } from "../../bench/child.ts";
import { evalBench } from "../../bench/eval.ts";
import { memoryBench } from "../../bench/memory.ts";
import { stepBench } from "../../bench/step.ts";
import { miniature } from "../../bench/workload.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import { nativeTest } from "../engine/native.ts";

/** A side that says when it was measured, and gives these values in turn. */
function side(name: string, values: number[], said: string[]) {
  return () => {
    said.push(name);
    return Promise.resolve(values.shift()!);
  };
}

Deno.test("the median of an even number of values lies between the two in the middle", () => {
  assertEquals([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5]);
});

Deno.test("sides are measured in turns, and rounds that warm up are not counted", async () => {
  const said: string[] = [];
  const sides = [side("a", [9, 1, 2], said), side("b", [9, 3, 4], said)];
  assertEquals(await inTurns(sides, { pairs: 2, warmUp: 1 }), [[1, 2], [3, 4]]);
  assertEquals(said.join(""), "ababab");
});

Deno.test("a figure has the median of the pairs' ratios and their spread", () => {
  assertEquals(figureOf({ name: "x", unit: "s" }, [1, 2, 9], [2, 2, 3]), {
    name: "x",
    unit: "s",
    ours: 2,
    pairs: 3,
    peer: 2,
    ratio: 1,
    spread: [0.5, 3],
  });
});

Deno.test("every form of the peer gets a figure; without a peer ours stands alone", async () => {
  const one = () => Promise.resolve(1), two = () => Promise.resolve(2);
  const what = { name: "x", unit: "s" };
  const both = await compare(what, one, [{ form: "eager", measure: two }, { measure: one }], { pairs: 2 });
  assertEquals(both.map(({ name, ratio }) => [name, ratio]), [["x, eager", 0.5], ["x", 1]]);
  assertEquals(await compare(what, two, [], { pairs: 3 }), [{ ...what, ours: 2, pairs: 3 }]);
});

/** A program in the child's place. */
const program = (code: string) => openChild([Deno.execPath(), "eval", code]);

Deno.test("a process that refuses says why, and one that ends is not waited for", async () => {
  await assertRejects(
    () => program(`console.log('{"error":"Cannot do it"}')`),
    OnesheetError,
    "Cannot do it",
  );
  await assertRejects(() => program("Deno.exit(3)"), OnesheetError, "ended with exit code 3");
});

nativeTest("step, eval and memory run in miniature: ours alone", async () => {
  const notes: string[] = [];
  const options = { pairs: 1, engine: "cpu", onNote: (text: string) => notes.push(text) } as const;
  const found = [];
  for (const bench of [stepBench, evalBench, memoryBench]) found.push(...await bench(miniature).run(options));
  assertEquals(found.map(({ unit, pairs }) => [unit, pairs]), [["s", 1], ["s", 1], ["GB", 1]]);
  assert(found.every(({ ours, peer }) => ours > 0 && peer === undefined));
  assert(notes[0].startsWith("ours: libtensorflow"));
});
