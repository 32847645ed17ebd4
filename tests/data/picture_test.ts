import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { blank, flip } from "../../src/data/picture.ts";
import { assertEqualsGoldens, assertSamePicture, noise } from "./pixel_goldens.ts";

Deno.test("flip equals Pillow's mirror, and twice gives the picture back", () => {
  assertEqualsGoldens("flip");
  const picture = noise(7, 5);
  assertSamePicture(flip(flip(picture)), picture, "twice");
});

Deno.test("a picture has whole sides of at least one pixel", () => {
  assertEquals(blank(2, 3).data.length, 18);
  for (const [width, height] of [[0, 1], [1, -1], [1.5, 1], [NaN, 1]]) {
    assertThrows(() => blank(width, height), OnesheetError, "whole numbers of pixels");
  }
});
