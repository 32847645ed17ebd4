import { assertEquals, assertThrows } from "@std/assert";
import { build } from "../../src/dsl/build.ts";
import type { Scope } from "../../src/dsl/node.ts";
import { newRegistry, openScope } from "../../src/dsl/scope.ts";
import { ShapeError } from "../../src/dsl/shape.ts";

const zeros = (shape: readonly number[]) => new Float32Array(shape.reduce((n, d) => n * d, 1));
const opened = () => {
  const registry = newRegistry();
  return { registry, at: openScope(registry) };
};

Deno.test("names are the path of the scopes, joined by dots", () => {
  const { registry, at } = opened();
  const layer = at("backbone")("layer");
  assertEquals(at.path, "");
  assertEquals(layer(0).path, "backbone.layer.0");
  assertEquals(at.weight("scale", [], zeros).name, "scale");
  assertEquals(layer(1)("conv").weight("weight", [2, 3], zeros).name, "backbone.layer.1.conv.weight");
  assertEquals([...registry.params.keys()], ["scale", "backbone.layer.1.conv.weight"]);
});

Deno.test("a declaration is kept as it was made: kind, type, shape and layout", () => {
  const { at } = opened();
  const weight = at.weight("weight", [4, 3, 2, 2], zeros, "oihw");
  const count = at.buffer("count", [], zeros, "int32");
  assertEquals({ ...weight, init: undefined }, {
    name: "weight",
    shape: [4, 3, 2, 2],
    kind: "weight",
    dtype: "float32",
    layout: "oihw",
    init: undefined,
  });
  assertEquals([count.kind, count.dtype, count.shape], ["buffer", "int32", []]);
  assertEquals(at.buffer("mean", [2], zeros).dtype, "float32");
});

const twice: Readonly<Record<string, (at: Scope) => void>> = {
  "two scopes": (at) => [at("a"), at("a")],
  "two arrays": (at) => [at.weight("a", [1], zeros), at.buffer("a", [1], zeros)],
  "a scope and an array": (at) => [at("a"), at.weight("a", [1], zeros)],
  "an array and a scope": (at) => [at.buffer("a", [1], zeros), at("a")],
};

for (const [what, claim] of Object.entries(twice)) {
  Deno.test(`a name is taken once: ${what}`, () => {
    const text = 'Cannot build "a": the name is already taken; give each layer its own';
    const error = assertThrows(() => claim(opened().at), ShapeError);
    assertEquals(error.message, text);
  });
}

Deno.test("a name is taken once, whether it was written as a number or with dots", () => {
  const { at } = opened();
  at(0);
  assertThrows(() => at("0"), ShapeError, 'Cannot build "0": the name is already taken');
  at("a")("b").weight("weight", [1], zeros);
  assertThrows(() => at("a.b"), ShapeError, 'Cannot build "a.b": the name is already taken');
});

Deno.test("the same name may be taken in two places", () => {
  const { at } = opened();
  assertEquals(["a", "b"].map((name) => at(name)("weight").path), ["a.weight", "b.weight"]);
});

Deno.test("an array of no, negative or broken size is refused, with its name", () => {
  for (const size of [0, -1, 2.5, NaN]) {
    const error = assertThrows(() => opened().at("head").weight("weight", [size, 3], zeros), ShapeError);
    assertEquals(
      error.message,
      `Cannot build "head.weight": expected whole sizes of at least 1, found [${size}, 3]`,
    );
  }
});

Deno.test("a scope that refuses names its path, and the root the model", () => {
  const { at } = opened();
  const inner = at("a")("b");
  assertEquals(assertThrows(() => inner.fail("expected x")).message, 'Cannot build "a.b": expected x');
  assertEquals(assertThrows(() => at.fail("expected x")).message, "Cannot build the model: expected x");
});

Deno.test("an alias is another path of a scope's arrays, and declares none", () => {
  const { registry, at } = opened();
  const home = at("ffn");
  home.weight("weight", [1], zeros);
  at("head")(1).alias(home);
  assertEquals(registry.aliases, [["head.1", "ffn"]]);
  assertEquals([...registry.params.keys()], ["ffn.weight"]);
});

Deno.test("two models share nothing: the same names can be taken in each", () => {
  const model = () => build(({ x }, at) => (at.weight("a", [1], zeros), x), { x: ["batch"] });
  assertEquals(model().params.map((p) => p.name), model().params.map((p) => p.name));
});
