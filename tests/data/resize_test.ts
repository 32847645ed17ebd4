import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { resize } from "../../src/data/resize.ts";
import { assertEqualsGoldens, assertSamePicture, noise } from "./pixel_goldens.ts";

Deno.test("resize equals Pillow's antialiased bilinear, smaller and larger, value by value", () =>
  assertEqualsGoldens("resize"));

Deno.test("resizedCrop equals torchvision's resized_crop on PIL images", () =>
  assertEqualsGoldens("resizedCrop"));

Deno.test("one colour stays that colour at any size", () => {
  for (const value of [0, 1, 128, 254, 255]) {
    const plain = { width: 37, height: 23, data: new Uint8Array(37 * 23 * 3).fill(value) };
    for (const [width, height] of [[1, 1], [5, 60], [60, 5], [36, 24], [224, 224]]) {
      const resized = resize(plain, width, height);
      assertEquals(resized.data.length, width * height * 3);
      assertEquals(resized.data.every((found) => found === value), true);
    }
  }
});

Deno.test("the picture's own size gives its own values", () => {
  const picture = noise(13, 7);
  assertSamePicture(resize(picture, 13, 7), picture, "own size");
});

Deno.test("a size of no pixels is an error that names it", () => {
  assertThrows(() => resize(noise(4, 4), 0, 3), OnesheetError, "found 0 by 4");
});
