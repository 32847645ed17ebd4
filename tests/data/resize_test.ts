import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { resize, resizedCrop } from "../../src/data/resize.ts";
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

/** One line of values brought to another length as Pillow does it, tap by tap. */
function resampled(values: readonly number[], start: number, size: number, length: number): number[] {
  const scale = size / length, support = Math.max(scale, 1);
  return Array.from({ length }, (_, out) => {
    const center = start + (out + 0.5) * scale;
    const low = Math.max(Math.trunc(center - support + 0.5), 0);
    const high = Math.min(Math.trunc(center + support + 0.5), values.length);
    const taps = values.slice(low, high).map((_, i) =>
      Math.max(1 - Math.abs((low + i - center + 0.5) * (1 / support)), 0)
    );
    const sum = taps.reduce((a, b) => a + b);
    return values.slice(low, high).reduce(
      (level, value, i) => level + value * Math.trunc(0.5 + taps[i] / sum * 2 ** 22),
      2 ** 21,
    ) >> 22;
  });
}

Deno.test("every row and column of pictures of many bands is resampled", () => {
  const wide = noise(4001, 801), tall = noise(301, 9001);
  const row = (picture: typeof wide, y: number, channel: number) =>
    Array.from({ length: picture.width }, (_, x) => picture.data[(y * picture.width + x) * 3 + channel]);
  const column = (picture: typeof wide, x: number, channel: number) =>
    Array.from({ length: picture.height }, (_, y) => picture.data[(y * picture.width + x) * 3 + channel]);
  for (const width of [1, 7, 1333, 4777]) {
    const across = resize(wide, width, 801);
    for (const y of [0, 1, 399, 400, 665, 799, 800]) {
      assertEquals(row(across, y, 1), resampled(row(wide, y, 1), 0, 4001, width), `${width} row ${y}`);
    }
  }
  for (const height of [1, 7, 1333, 9777]) {
    const down = resize(tall, 301, height);
    for (const x of [0, 1, 150, 299, 300]) {
      assertEquals(
        column(down, x, 2),
        resampled(column(tall, x, 2), 0, 9001, height),
        `${height} column ${x}`,
      );
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

Deno.test("resizedCrop refuses a window that leaves the picture, on every side", () => {
  const picture = noise(5, 4);
  for (const [x, y, width, height] of [[-1, 0, 2, 2], [0, -1, 2, 2], [4, 0, 2, 2], [0, 3, 2, 2]]) {
    const window = { x, y, width, height };
    assertThrows(() => resizedCrop(picture, window, 2, 2), OnesheetError, "inside 5 by 4 pixels");
  }
});

Deno.test("a window that cuts pixels sees them by the part it has of them", () => {
  const ramp = { width: 4, height: 1, data: Uint8Array.from([0, 40, 80, 120].flatMap((v) => [v, v, v])) };
  // From the middle of the second pixel to the middle of the fourth; on a ramp its mean is the value in its middle.
  const [value] = resizedCrop(ramp, { x: 1.5, y: 0, width: 2, height: 1 }, 1, 1).data;
  assertAlmostEquals(value, 80, 1);
  const left = resizedCrop(ramp, { x: 0.25, y: 0, width: 2, height: 1 }, 1, 1).data[0];
  assert(left > 20 && left < value, `${left}`);
});
