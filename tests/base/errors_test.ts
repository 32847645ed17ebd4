import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  didYouMean,
  listed,
  messageOf,
  nearest,
  oneLine,
  OnesheetError,
  printable,
} from "../../src/base/errors.ts";

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

Deno.test("a permission that is denied is said with what was wanted and how it is given", () => {
  const denied = (text: string) => messageOf(new Deno.errors.NotCapable(text));
  assertEquals(
    denied('Requires write access to "/a b/c", run again with the --allow-write flag'),
    'Cannot write "/a b/c": this process may not; where that is meant, set ONESHEET_WRITE=/a b/c for a task, or give ' +
      "--allow-write=/a b/c to deno run",
  );
  assertEquals(
    denied('Requires net access to "example.com:443", run again with the --allow-net flag'),
    'Cannot connect to "example.com:443": this process may not; where that is meant, give ' +
      "--allow-net=example.com:443 to deno run",
  );
  assertEquals(denied("Requires unscoped permissions"), "Requires unscoped permissions");
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

Deno.test("no text out of a file moves the cursor, but what spelling needs stays", () => {
  const wild = "a\x1b[31m\x9b\x00\x7f\u202eb\ud800\u2028c\td\ne";
  assertEquals(printable(wild), "a\ufffd[31m\ufffd\ufffd\ufffd\ufffdb\ufffd\ufffdc\ufffdd\ne");
  assertEquals(oneLine(wild), "a\ufffd[31m\ufffd\ufffd\ufffd\ufffdb\ufffd c d e");
  for (
    const plain of ["علمی\u200cتخیلی", "👩\u200d🚀", "so\u00adlar", "\u200fabc\u200e", "é 東京", "\ue000"]
  ) {
    assertEquals([printable(plain), oneLine(plain)], [plain, plain]);
  }
});

Deno.test("a list of names in a sentence stays short, whatever the names", () => {
  assertEquals(listed(["a", "b"]), "a, b");
  const many = listed(Array.from({ length: 1e5 }, (_, i) => `column\t${i} ${"x".repeat(1000)}`));
  assertEquals(many.length < 2000, true);
  assertEquals(many.endsWith("… and 99980 more"), true);
});
