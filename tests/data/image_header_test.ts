import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { imageHeader } from "../../src/data/image_header.ts";
import { goldenImage, goldenJson } from "./pixel_goldens.ts";

Deno.test("the header names the size of every golden image", () => {
  const images = goldenJson<Record<string, { width: number; height: number }>>("images.json");
  for (const [name, { width, height }] of Object.entries(images)) {
    const found = imageHeader(goldenImage(name));
    assertEquals([name, found.width, found.height], [name, width, height]);
    assertEquals(found.format.toLowerCase().replace("jpeg", "jpg"), name.split(".")[1]);
  }
});

Deno.test("the header tells apart what needs its own way to RGB", () => {
  const kind = (name: string) => imageHeader(goldenImage(name)).pixels;
  assertEquals(kind("cmyk.jpg"), "cmyk");
  assertEquals(kind("grey_16.png"), "grey16");
  assertEquals([kind("grey.jpg"), kind("rgb_16.png"), kind("grey_alpha_16.png")], [
    "plain",
    "plain",
    "plain",
  ]);
});

Deno.test("JPEG tables, fill bytes and stray bytes before the frame header are passed over", () => {
  const bytes = goldenImage("progressive.jpg");
  const table = [0xff, 0xc4, 0, 9, 1, 2, 3, 4, 5, 6, 7];
  const before = Uint8Array.of(0xff, 0xd8, ...table, 0, 0, 0xff, 0xff, ...bytes.subarray(2));
  assertEquals(imageHeader(before), imageHeader(bytes));
});

Deno.test("a header cut anywhere is an error, never a wrong size or an endless search", () => {
  const images = [
    "progressive.jpg",
    "rgb.png",
    "small_frame.gif",
    "lossy.webp",
    "lossless.webp",
    "lossy_alpha.webp",
  ];
  for (const name of images) {
    const bytes = goldenImage(name);
    const { width, height } = imageHeader(bytes);
    for (let length = 0; length < bytes.length; length++) {
      try {
        const found = imageHeader(bytes.subarray(0, length));
        assertEquals([found.width, found.height], [width, height]);
      } catch (error) {
        assertEquals((error as Error).name, "OnesheetError", `${name} cut to ${length}: ${error}`);
      }
    }
  }
});

Deno.test("another format is refused with its first bytes", () => {
  const page = new TextEncoder().encode("<html>not found</html>");
  assertThrows(() => imageHeader(page), OnesheetError, 'begin with "<html>no"');
  assertThrows(() => imageHeader(new Uint8Array()), OnesheetError, "found 0 bytes");
});

Deno.test("an image of no pixels is refused", () => {
  const bytes = goldenImage("rgb.png");
  new DataView(bytes.buffer).setUint32(20, 0);
  assertThrows(() => imageHeader(bytes), OnesheetError, "found 21 by 0");
});
