import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { treatments } from "../../src/train/groups.ts";

const names = [
  "text.layer.0.dense.weight",
  "text.layer.0.dense.bias",
  "text.layer.1.dense.bias",
  "head.weight",
];

Deno.test("of several groups the last decides, setting by setting", () => {
  const found = treatments(names, [
    { of: "text", rate: 0.5, weightDecay: 0.1 },
    { of: "text.layer.0", rate: 0.25 },
    { of: "**.bias", weightDecay: 0 },
  ]);
  assertEquals([...found], [
    ["text.layer.0.dense.weight", { rate: 0.25, weightDecay: 0.1 }],
    ["text.layer.0.dense.bias", { rate: 0.25, weightDecay: 0 }],
    ["text.layer.1.dense.bias", { rate: 0.5, weightDecay: 0 }],
  ]);
});

Deno.test("a group whose pattern matches nothing is an error with the nearest name", () => {
  assertThrows(
    () => treatments(names, [{ of: "heads", rate: 2 }]),
    OnesheetError,
    'Cannot apply the group pattern "heads": no parameter matches it; did you mean "head"?',
  );
});
