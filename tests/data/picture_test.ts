import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { blank, crop, flip } from "../../src/data/picture.ts";
import { assertEqualsGoldens, assertSamePicture, noise } from "./pixel_goldens.ts";

Deno.test("crop takes the window's rows and columns", () => {
  const picture = { width: 3, height: 2, data: Uint8Array.from({ length: 18 }, (_, i) => i) };
  assertEquals([...crop(picture, 1, 1, 2, 1).data], [12, 13, 14, 15, 16, 17]);
  assertSamePicture(crop(picture, 0, 0, 3, 2), picture, "the whole");
});

Deno.test("crop refuses a window that leaves the picture, on every side", () => {
  const picture = noise(5, 4);
  for (const [x, y, width, height] of [[-1, 0, 2, 2], [0, -1, 2, 2], [4, 0, 2, 2], [0, 3, 2, 2]]) {
    assertThrows(() => crop(picture, x, y, width, height), OnesheetError, "inside 5 by 4 pixels");
  }
});

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
