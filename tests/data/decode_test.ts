import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { bestDecoder, decode, type Decoder, decodeWith, pixelLimit } from "../../src/data/decode.ts";
import { assertSamePicture, goldenImage, goldenImages } from "./pixel_goldens.ts";

const images = goldenImages();
const expected = (name: string) => images.get(name)!;

/** What imagescript cannot do as Pillow does: see the tests below. */
const portable = (name: string) => !/\.webp$|^grey_16|^cmyk_without_adobe/.test(name);

const native = await bestDecoder() === "sharp";

for (const name of images.keys()) {
  Deno.test({
    name: `sharp decodes ${name} as Pillow does, bit for bit`,
    ignore: !native,
    fn: async () => assertSamePicture(await decodeWith("sharp", goldenImage(name)), expected(name), name),
  });
}

for (const name of [...images.keys()].filter(portable)) {
  // Its JPEG decoder rounds otherwise than libjpeg; PNG and GIF leave nothing to round.
  const tolerance = name.endsWith(".jpg") ? 3 : 0;
  Deno.test(`imagescript decodes ${name} as Pillow does, within ${tolerance} levels`, async () =>
    assertSamePicture(await decodeWith("imagescript", goldenImage(name)), expected(name), name, tolerance));
}

Deno.test("imagescript cuts 16-bit grey at 255, as Pillow does, but loses the low byte", async () => {
  const { data } = await decodeWith("imagescript", goldenImage("grey_16.png"));
  expected("grey_16.png").data.forEach((value, i) => assertEquals(data[i], value === 255 ? 255 : 0));
});

Deno.test("imagescript refuses WebP and says what helps", async () => {
  const refused = () => decodeWith("imagescript", goldenImage("lossy.webp"));
  await assertRejects(refused, OnesheetError, "expected JPEG, PNG or GIF where sharp does not load");
});

const decoders: Decoder[] = native ? ["sharp", "imagescript"] : ["imagescript"];
for (const decoder of decoders) {
  for (const name of ["baseline_420.jpg", "progressive.jpg", "rgba.png", "palette.gif"]) {
    Deno.test(`${decoder} reports a ${name} that ends early as a broken file`, async () => {
      const bytes = goldenImage(name);
      // Halfway there may be no header yet; later there is one, and pixels are missing.
      for (const share of [0.05, 0.5, 0.8]) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * share));
        const error = await assertRejects(
          () => decodeWith(decoder, cut),
          OnesheetError,
          "Cannot decode this",
        );
        assertMatch(
          (error as OnesheetError).message,
          /^Cannot .+: expected .+, found .+; (fetch|convert) .+$/,
        );
      }
    });
  }

  Deno.test(`${decoder} forgives bytes after the end and between JPEG segments, as Pillow does`, async () => {
    const bytes = goldenImage("baseline_420.jpg");
    const whole = await decodeWith(decoder, bytes);
    const scan = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
    const stray = Uint8Array.of(...bytes.subarray(0, scan), 0, 0, 0, ...bytes.subarray(scan), 1, 2, 3);
    assertSamePicture(await decodeWith(decoder, stray), whole, "with stray bytes");
  });

  Deno.test(`${decoder} is not given a picture above the pixel limit`, async () => {
    const bomb = goldenImage("rgb.png");
    new DataView(bomb.buffer).setUint32(16, 20_000);
    new DataView(bomb.buffer).setUint32(20, 10_001);
    const refused = () => decodeWith(decoder, bomb);
    const limit = decoder === "sharp" ? "200" : "50";
    await assertRejects(refused, OnesheetError, `at most ${limit} million pixels, found 20000 by 10001`);
  });
}

Deno.test("the pixel limit lets the largest poster of MM-IMDb through, 175 million pixels", () => {
  assert(pixelLimit > 175e6);
});

Deno.test("decode gives the same picture when asked for many at once", async () => {
  const names = ["baseline_420.jpg", "rgba.png", "palette.gif", "progressive.jpg"];
  const all = Array.from({ length: 24 }, (_, i) => names[i % names.length]);
  const pictures = await Promise.all(all.map((name) => decode(goldenImage(name))));
  pictures.forEach((picture, i) => assertSamePicture(picture, expected(all[i]), all[i], native ? 0 : 3));
});

Deno.test("without permission for native code decode takes imagescript by itself", async () => {
  const script = `
    import { bestDecoder, decode } from "./src/data/decode.ts";
    const picture = await decode(await Deno.readFile("tests/golden/pixels/images/rgba.png"));
    console.log(await bestDecoder(), picture.width, picture.height);
  `;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env", "--allow-sys", "-"],
    cwd: new URL("../../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  assertEquals(text(stdout), "imagescript 21 19", text(stderr));
});
