/** TIFF and AVIF files against Pillow, and formats that are refused by name. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import { OnesheetError } from "../../src/base/errors.ts";
import { bestDecoder, decodeWith } from "../../src/data/decode.ts";
import { imageEndings, imageHeader } from "../../src/data/image_header.ts";
import { assertSamePicture, goldenImage, goldenImages } from "./pixel_goldens.ts";

const folder = fileURLToPath(new URL("../golden/formats", import.meta.url));
const images = goldenImages(folder), native = await bestDecoder() === "sharp";

for (const [name, expected] of images) {
  // Two libraries turn AVIF's YCbCr into RGB, each with its own rounding and its own way between two chroma samples.
  const tolerance = name === "picture.avif" ? 2 : name.endsWith(".avif") ? 12 : 0;
  Deno.test({
    name: `sharp decodes ${name} as Pillow does, within ${tolerance} levels`,
    ignore: !native,
    fn: async () => {
      const bytes = goldenImage(name, folder), { width, height } = imageHeader(bytes);
      assertEquals([width, height], [expected.width, expected.height]);
      assertSamePicture(await decodeWith("sharp", bytes), expected, name, tolerance);
    },
  });
}

Deno.test("where sharp does not load, TIFF and AVIF are refused with the way out", async () => {
  for (const name of ["rgb.tif", "picture.avif"]) {
    const refused = () => decodeWith("imagescript", goldenImage(name, folder));
    await assertRejects(refused, OnesheetError, "install sharp or convert the image");
  }
});

Deno.test("formats that are not decoded are refused by name, with the way out", async () => {
  const text = (start: string) => Uint8Array.from(start.padEnd(40, "\0"), (c) => c.charCodeAt(0));
  const refused = [
    ["BM\x9a\x01", "found BMP"],
    ["\x00\x00\x01\x00\x01\x00", "found ICO"],
    ["\x00\x00\x00\x18ftypheic\0\0\0\0mif1heic", "found HEIC"],
    ["\x00\x00\x00\x18ftypmp42\0\0\0\0isommp42", "found a video"],
    ['<svg xmlns="http://www.w3.org/2000/svg">', "found SVG"],
    ['<?xml version="1.0"?>\n<!-- x -->\n<svg>', "found SVG"],
    ["\x00\x00\x00\x0cjP  \r\n", "found JPEG 2000"],
    ["\xff\x0a", "found JPEG XL"],
    ["\x00\x00\x00\x18ftypavis\0\0\0\0msf1avif", "found an animated AVIF"],
    ["%PDF-1.7", "found PDF"],
    ["8BPS", "found a Photoshop file"],
  ];
  for (const [start, found] of refused) {
    await assertRejects(() => decodeWith("imagescript", text(start)), OnesheetError, found);
    await assertRejects(
      () => decodeWith("imagescript", text(start)),
      OnesheetError,
      "convert it to JPEG or PNG",
    );
  }
});

Deno.test("an animated AVIF file is refused by name", async () => {
  const bytes = await Deno.readFile(`${folder}/animated.avif`);
  await assertRejects(() => decodeWith("sharp", bytes), OnesheetError, "found an animated AVIF");
});

Deno.test("a TIFF file of floating point is refused, and one that points anywhere ends in a sentence", async () => {
  const bytes = goldenImage("grey.tif", folder), view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 0; at < bytes.length - 2; at++) {
    for (const value of [0, 0xff]) {
      const damaged = bytes.slice();
      damaged[at] = damaged[at + 1] = value;
      const outcome = await decodeWith(await bestDecoder(), damaged).then(() => "decoded", (error) => error);
      assert(outcome === "decoded" || outcome instanceof OnesheetError, `byte ${at}: ${outcome}`);
    }
  }
  const little = view.getUint8(0) === 0x49;
  assert(little);
  const directory = view.getUint32(4, true), count = view.getUint16(directory, true);
  const entry = Array.from({ length: count }, (_, i) => directory + 2 + 12 * i)
    .find((at) => view.getUint16(at, true) === 262)!;
  view.setUint16(entry, 339, true); // photometric becomes the sample format
  view.setUint16(entry + 8, 3, true);
  await assertRejects(() => decodeWith("sharp", bytes), OnesheetError, "of floating point; convert it");
});

Deno.test("an AVIF header cut or damaged anywhere is an error, never an endless search", () => {
  const bytes = goldenImage("picture.avif", folder);
  for (let length = 0; length < bytes.length; length++) {
    try {
      imageHeader(bytes.subarray(0, length));
    } catch (error) {
      assert(error instanceof OnesheetError, `cut to ${length}: ${error}`);
    }
  }
  for (let at = 0; at < Math.min(bytes.length, 400); at++) {
    const damaged = bytes.slice();
    damaged[at] ^= 0xff;
    try {
      imageHeader(damaged);
    } catch (error) {
      assert(error instanceof OnesheetError, `byte ${at}: ${error}`);
    }
  }
});

Deno.test("every golden's ending is one of those that folders are searched for", () => {
  for (const name of images.keys()) assert(imageEndings.some((ending) => name.endsWith(ending)), name);
});
