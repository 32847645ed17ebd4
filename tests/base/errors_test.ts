import { assertEquals, assertStrictEquals } from "@std/assert";
import { didYouMean, messageOf, nearest, OnesheetError } from "../../src/base/errors.ts";

Deno.test("an error has its sentence, its cause and an exit code of 1 unless told", () => {
  const cause = new Error("why");
  const error = new OnesheetError("Cannot do it", { cause });
  assertEquals([error.name, error.message, error.exitCode], ["OnesheetError", "Cannot do it", 1]);
  assertStrictEquals(error.cause, cause);
  assertEquals("cause" in new OnesheetError("Cannot do it"), false);
  assertEquals(new OnesheetError("Cannot use it", { exitCode: 2 }).exitCode, 2);
});

Deno.test("anything thrown has a sentence", () => {
  assertEquals([new Error("boom"), "boom", 7, undefined].map(messageOf), ["boom", "boom", "7", "undefined"]);
});

const commands = ["train", "evaluate", "predict", "parity", "doctor", "setup"];

for (
  const [name, known, expected] of [
    ["trian", commands, "train"], // two letters changed places
    ["tran", commands, "train"],
    ["evalute", commands, "evaluate"],
    ["predicts", commands, "predict"],
    ["serve", commands, undefined],
    ["batchsize", ["labels", "batchSize", "epochs"], "batchSize"],
    [
      "text_backbone.encoder",
      ["text_backbone.embeddings", "text_backbone.encoders"],
      "text_backbone.encoders",
    ],
    ["train", commands, "train"],
    // Of a short name most letters must be right.
    ["gpu", ["cpu", "auto"], "cpu"],
    ["gpu", ["auto", "set", "run"], undefined],
    ["lr", ["on", "p"], undefined],
    ["x", ["y"], undefined],
    ["", ["a", "on"], undefined],
    // The nearest, and of equally near ones the first.
    ["layer3", ["layer44", "layer4", "layer2"], "layer4"],
    // A third of the letters off, and one more.
    ["abcdefghi", ["abcdefxyz"], "abcdefxyz"],
    ["abcdefghi", ["abcdewxyz"], undefined],
    ["anything", [], undefined],
  ] as const
) {
  Deno.test(`nearest to "${name}" of ${known.join(", ") || "nothing"}: ${expected ?? "none"}`, () => {
    assertEquals(nearest(name, known), expected);
  });
}

Deno.test("the hint ends a sentence, and is nothing when no name is near", () => {
  assertEquals(didYouMean("trian", commands), `; did you mean "train"?`);
  assertEquals(didYouMean("dance", commands), "");
});
