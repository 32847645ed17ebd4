import { assertEquals } from "@std/assert";
import { adjustContrast, adjustHue, adjustSaturation } from "../../src/data/colour.ts";
import { assertEqualsGoldens, assertSamePicture, noise } from "./pixel_goldens.ts";

for (const op of ["brightness", "contrast", "saturation", "hue"] as const) {
  Deno.test(`${op} equals torchvision on PIL images, value by value`, () => assertEqualsGoldens(op));
}

Deno.test("contrast 0 gives the rounded mean luma, saturation 0 the luma of each pixel", () => {
  // Luma of pure red, green and blue: 76, 150, 29; their mean is 85.
  const primaries = { width: 3, height: 1, data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255) };
  assertEquals([...adjustContrast(primaries, 0).data], Array(9).fill(85));
  assertEquals([...adjustSaturation(primaries, 0).data], [76, 76, 76, 150, 150, 150, 29, 29, 29]);
});

Deno.test("blending rounds the product to single precision before the sum, as Pillow's C code does", () => {
  // The mean is 44: Pillow gives 74 for 128, where one rounding alone would give 73.
  const greys = { width: 3, height: 1, data: Uint8Array.of(128, 128, 128, 2, 2, 2, 2, 2, 2) };
  assertEquals(adjustContrast(greys, 0.3571428060531616).data[0], 74);
});

Deno.test("hue leaves greys alone and a third of the circle turns red into green", () => {
  const greys = { width: 2, height: 1, data: Uint8Array.of(0, 0, 0, 130, 130, 130) };
  assertSamePicture(adjustHue(greys, 0.3), greys, "greys");
  const red = { width: 1, height: 1, data: Uint8Array.of(255, 0, 0) };
  assertEquals([...adjustHue(red, 1 / 3).data], [0, 255, 0]);
});

Deno.test("hue wraps around: half a circle back and half a circle on differ by one step of 255", () => {
  const picture = noise(30, 30);
  // trunc(0.5 * 255) = 127 and -127 are 254 apart on a circle of 256.
  assertSamePicture(
    adjustHue(picture, 129 / 255),
    adjustHue(picture, -0.5),
    "129 is -127 on a circle of 256",
  );
});
