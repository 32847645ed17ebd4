/** A question that was once answered wrongly, asked again in every run of the tests. */
import { assert } from "@std/assert";
import type { Engine } from "../../src/tensor.ts";
import { eachEngine } from "../engine/each.ts";
import type { Answer, Question } from "./area.ts";
import { areas } from "./areas.ts";
import { decode } from "./codec.ts";
import { compared } from "./run.ts";

/** Adds the test; `deno task fuzz` prints calls of this. */
export function found(title: string, areaName: string, question: string, answer: string): void {
  const area = areas.find(({ name }) => name === areaName)!;
  const check = async (engine?: Engine) => {
    const { off, part } = await compared(
      area,
      decode(question) as Question,
      decode(answer) as Answer,
      engine,
    );
    assert(off <= area.limit, `${part || "the answer"} is off by ${off}`);
  };
  if (area.isComputed) eachEngine(title, check);
  else Deno.test(title, () => check());
}
