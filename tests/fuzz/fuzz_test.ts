/**
 * A few random questions of each kind, which the references answered once (tests/golden/fuzz); and that an answer which
 * is wrong by a little is noticed.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { float32 } from "../../src/base/value.ts";
import { bestDecoder } from "../../src/data/decode.ts";
import { portable } from "../../src/engine/portable.ts";
import type { Engine } from "../../src/tensor.ts";
import { eachEngine } from "../engine/each.ts";
import { areas } from "./areas.ts";
import { decode, encode } from "./codec.ts";
import { deviation } from "./deviation.ts";
import { section, written } from "./page.ts";
import { readGolden, recorded } from "./reference.ts";
import { pasted, shortest } from "./report.ts";
import { fuzz, questionsOf } from "./run.ts";

const hasSharp = await bestDecoder() === "sharp";

for (const area of areas) {
  const title = `random questions of ${area.name} have the answers of ${area.against}`;
  const check = async (engine?: Engine) => {
    const golden = readGolden(area.name), questions = questionsOf(area, golden.seed, golden.answers.length);
    const tallies = await fuzz(area, questions, recorded(golden), engine ? [engine] : []);
    assertEquals(shortest(tallies).map(pasted), []);
    assertEquals(new Set(questions.map(({ kind }) => kind)), new Set(Object.keys(area.kinds)));
  };
  if (area.isComputed) eachEngine(title, check);
  else Deno.test({ name: title, ignore: area.name === "decoding" && !hasSharp, fn: () => check() });
}

Deno.test("an answer that is wrong is printed as a test to paste, and counted", async () => {
  const area = areas.find(({ name }) => name === "losses")!;
  const wrong = {
    ...area,
    answer: async (...asked: Parameters<typeof area.answer>) => {
      const found = await area.answer(...asked) as Record<string, ReturnType<typeof float32>>;
      return { ...found, output: float32([], [found.output.data[0] * 1.001]) };
    },
  };
  const golden = readGolden(area.name), questions = questionsOf(area, golden.seed, golden.answers.length);
  const tallies = await fuzz(wrong, questions, recorded(golden), [await portable()]);
  assert(tallies.every(({ failures }) => failures.length > 0));
  const [failure] = shortest(tallies);
  assert(pasted(failure).startsWith('found(\n  "losses focal on portable: output is off by 1.0e-3"'));
});

Deno.test("another question than a golden file has an answer to is refused", async () => {
  const area = areas[0], golden = readGolden(area.name), reference = recorded(golden);
  const [question] = questionsOf(area, "another seed", 1);
  await assertRejects(
    async () => await reference.ask(area, question, 0),
    OnesheetError,
    `Cannot check question 0 of ${area.name}: the golden file has an answer to another`,
  );
});

Deno.test("questions go to Python and back as they are", () => {
  const value = {
    shape: [2, 0, 3],
    data: [Float32Array.of(0.1, -0, NaN), Int32Array.of(-1, 2 ** 31 - 1), Uint8Array.of(0, 255)],
    numbers: [Infinity, -Infinity, NaN, 0.1],
    ["__proto__"]: "a name",
  };
  assertEquals(decode(encode(value)), value);
});

const array = (...data: number[]) => ({ shape: [data.length], data: Float32Array.from(data), noise: 0 });

Deno.test("a deviation is a share of the array's largest number, or of what float32 is off itself", () => {
  assertEquals(deviation(array(2, 4), array(2, 4)).off, 0);
  assertEquals(deviation(array(1, 4), array(2, 4)).off, 0.25);
  assertEquals(deviation(array(1, 4), { ...array(2, 4), noise: 1e-4 }).off, 0.05);
  const [small, large] = [array(1 / 1024), array(4)];
  assertEquals(deviation({ small: array(0), large }, { small, large }).off, 1 / 1024 / 4e-3);
});

Deno.test("another shape, a part that is missing or too many, another text or NaN are off without limit", () => {
  for (
    const [found, right] of [
      [array(1), array(1, 2)],
      [array(NaN), array(1)],
      [array(1), array(NaN)],
      [{ a: 1 }, { a: 1, b: 2 }],
      [{ a: 1, b: 2 }, { a: 1 }],
      [[1], [1, 2]],
      ["a", "b"],
      [undefined, 1],
      [null, "a"],
      [Uint8Array.of(1), Uint8Array.of(1, 2)],
    ]
  ) assertEquals(deviation(found, right).off, Infinity, `${encode(found)} ${encode(right)}`);
  assertEquals(deviation(array(NaN, Infinity), array(NaN, Infinity)).off, 0);
  assertEquals(deviation({ a: [1, { b: 2.5 }] }, { a: [1, { b: 2 }] }), { off: 0.25, part: "a.1.b" });
});

Deno.test("the page says how many answers there were, of which seeds, and how far off", () => {
  const tally = { area: "ops", kind: "relu", cases: 3, failures: [] };
  const text = section([{ ...tally, engine: "tensorflow", worst: 2e-7 }, {
    ...tally,
    engine: "portable",
    worst: 0,
  }], ["1", "2"]);
  assert(text.startsWith("6 answers; the seeds 1, 2, which nobody chose."));
  assert(text.includes("ops relu") && text.includes("2.0e-7"));
  const page =
    "a <!-- random questions: `deno task fuzz --write` writes from here --> old <!-- end of random questions --> b";
  assert(written(page, "new").includes("new") && !written(page, "new").includes("old"));
});
