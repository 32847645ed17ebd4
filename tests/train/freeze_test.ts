import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { type FreezeRule, trainable } from "../../src/train/freeze.ts";

const names = [
  "image_backbone.conv1.weight",
  "image_backbone.layer3.0.conv1.weight",
  "image_backbone.layer4.0.conv1.weight",
  "image_backbone.layer4.0.bn1.bias",
  "text_backbone.embeddings.word_embeddings.weight",
  ...Array.from({ length: 12 }, (_, i) => `text_backbone.encoder.layer.${i}.output.dense.weight`),
  "text_backbone.pooler.dense.bias",
  "self_attention.in_proj_weight",
  "head.bias",
];
const learning = (...rules: FreezeRule[]) => [...trainable(names, rules)];
const inside = (...modules: string[]) =>
  names.filter((name) => modules.some((module) => name === module || name.startsWith(`${module}.`)));

Deno.test("without a rule every parameter learns", () => assertEquals(learning(), names));

Deno.test("a module stands for every parameter inside it, and for no module whose name it begins", () => {
  assertEquals(
    learning({ freeze: "text_backbone.encoder.layer.1" }),
    names.filter((name) => !name.startsWith("text_backbone.encoder.layer.1.")),
  );
});

Deno.test("the last rule that matches decides", () => {
  const found = learning(
    { freeze: "image_backbone" },
    { freeze: "text_backbone" },
    { train: "image_backbone.layer4" },
    { train: "text_backbone.encoder.layer.10" },
    { train: "text_backbone.encoder.layer.11" },
    { freeze: "image_backbone.layer4.0.bn1" },
  );
  const expected = inside(
    "image_backbone.layer4.0.conv1",
    "text_backbone.encoder.layer.10",
    "text_backbone.encoder.layer.11",
    "self_attention",
    "head",
  );
  assertEquals(found, expected);
});

Deno.test("* stands for one segment or a part of one, and ** for any number of them", () => {
  const frozen = (freeze: string) => names.filter((name) => !learning({ freeze }).includes(name));
  assertEquals(frozen("*.conv1"), ["image_backbone.conv1.weight"]);
  assertEquals(frozen("image_backbone.layer*"), inside("image_backbone.layer3", "image_backbone.layer4"));
  assertEquals(frozen("**.bias"), names.filter((name) => name.endsWith(".bias")));
  assertEquals(frozen("**.conv1.weight"), names.filter((name) => name.endsWith(".conv1.weight")));
  assertEquals(frozen("text_backbone.**.dense"), names.filter((name) => /^text.*\.dense\./.test(name)));
  assertEquals(frozen("self_attention.**"), ["self_attention.in_proj_weight"]);
  assertEquals(frozen("**"), names);
});

Deno.test("a dot in a pattern is a dot", () => {
  assertThrows(() => learning({ freeze: "headxbias" }), OnesheetError);
  assertThrows(() => learning({ freeze: "self_attention.in.proj_weight" }), OnesheetError);
});

Deno.test("a pattern that matches nothing is an error with the nearest name", () => {
  assertThrows(
    () => learning({ freeze: "image_backbone" }, { train: "image_backbone.layer5" }),
    OnesheetError,
    `Cannot apply the freeze pattern "image_backbone.layer5": no parameter matches it; ` +
      `did you mean "image_backbone.layer3"?`,
  );
  assertThrows(
    () => learning({ freeze: "decoder" }),
    OnesheetError,
    "the model's modules are image_backbone, text_backbone, self_attention, head",
  );
});
