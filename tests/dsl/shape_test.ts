import { assertEquals, assertThrows } from "@std/assert";
import type { Node, Shape } from "../../src/dsl/node.ts";
import { newRegistry, openScope } from "../../src/dsl/scope.ts";
import { features, imageShape, sameShape, ShapeError, showShape } from "../../src/dsl/shape.ts";

const at = openScope(newRegistry())("tower")("conv1");
const node = (shape: Shape): Node => ({
  path: "x",
  shape,
  inputs: [],
  params: [],
  run: () => {
    throw new Error("not run while building");
  },
});
const refused = (f: () => unknown) => assertThrows(f, ShapeError).message;

Deno.test("shapes print as in the error messages", () => {
  assertEquals(showShape(["batch", 128, 768]), "[batch, 128, 768]");
  assertEquals(showShape([]), "[]");
});

Deno.test("shapes are the same when every axis is", () => {
  assertEquals(sameShape(["batch", 2], ["batch", 2]), true);
  assertEquals(sameShape(["batch", 2], ["batch", 3]), false);
  assertEquals(sameShape(["batch", 2], ["batch", 2, 1]), false);
  assertEquals(sameShape(["batch", 2], [4, 2]), false);
});

Deno.test("features are the size of the last axis, which must be known", () => {
  assertEquals(features(node(["batch", 3, 5]), at), 5);
  const text = 'Cannot build "tower.conv1": expected an input whose last axis has a known size, found ';
  assertEquals(refused(() => features(node(["batch"]), at)), `${text}[batch]`);
  assertEquals(refused(() => features(node([]), at)), `${text}[]`);
});

Deno.test("an image has four axes, of which all but the batch's are known", () => {
  assertEquals(imageShape(node(["batch", 4, 5, 3]), at), ["batch", 4, 5, 3]);
  const text =
    'Cannot build "tower.conv1": expected an input of shape [batch, height, width, channels], found ';
  for (const shape of [["batch", 4, 5], ["batch", "batch", 5, 3], ["batch", 1, 4, 5, 3], []] as Shape[]) {
    assertEquals(refused(() => imageShape(node(shape), at)), text + showShape(shape));
  }
});
