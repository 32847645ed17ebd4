import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { portable } from "../../src/engine/portable.ts";
import { chooseEngine } from "../../src/engine/choose.ts";
import {
  demandOptions,
  type EngineOptions,
  optionsText,
  type Place,
  unusual,
} from "../../src/engine/options.ts";

Deno.test("only what is not usual is recorded and told", () => {
  assertEquals(unusual({ precision: "float32", xla: false, tf32: false }), {});
  assertEquals(optionsText(unusual({})), "");
  const all: EngineOptions = { precision: "mixed", xla: true, tf32: true };
  assertEquals(unusual(all), all);
  assertEquals(optionsText(all), ", mixed, XLA, TF32");
});

Deno.test("an option is refused in a sentence where it would do nothing, and taken elsewhere", () => {
  const places: readonly Place[] = ["CUDA", "the CPU", "the portable engine"];
  const has: readonly (readonly [EngineOptions, name: string, readonly Place[]])[] = [
    [{ precision: "float32" }, "--precision float32", places],
    [{ precision: "bfloat16" }, "--precision bfloat16", ["the CPU"]],
    [{ precision: "mixed" }, "--precision mixed", ["CUDA"]],
    [{ tf32: true }, "--tf32", ["CUDA"]],
    [{ xla: true }, "--xla", ["CUDA", "the CPU"]],
  ];
  for (const [options, name, where] of has) {
    for (const place of places) {
      if (where.includes(place)) demandOptions(place, options);
      else {
        const error = assertThrows(() => demandOptions(place, options), OnesheetError, `Cannot use ${name}`);
        assertEquals([error.message.includes(`on ${place}: `), error.exitCode], [true, 2]);
      }
    }
  }
});

Deno.test("the portable engine has no options", async () => {
  assertEquals((await portable()).options, {});
  assertEquals((await chooseEngine("portable", { precision: "float32", xla: false })).why, "as asked");
});
