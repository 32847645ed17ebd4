/** Small files that would cost a decoder much time: what is refused, and that other work goes on meanwhile. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { decodeWith } from "../../src/data/decode.ts";
import { encodePng } from "../../src/data/drawn/png.ts";
import { jpegScans } from "../../src/data/jpeg_scans.ts";
import { goldenImage } from "./pixel_goldens.ts";

/** A JPEG file with its last scan `count` times more. */
function withScans(bytes: Uint8Array, count: number): Uint8Array {
  let last = bytes.length - 2;
  while (bytes[last] !== 0xff || bytes[last + 1] !== 0xda) last--;
  const scan = bytes.subarray(last, bytes.length - 2);
  return Uint8Array.from([
    ...bytes.subarray(0, last),
    ...Array.from({ length: count + 1 }, () => [...scan]).flat(),
    ...bytes.subarray(-2),
  ]);
}

Deno.test("scans are counted, markers inside of segments and of coded data are none", () => {
  assertEquals(["baseline_420.jpg", "grey.jpg", "restart.jpg"].map((name) => jpegScans(goldenImage(name))), [
    1,
    1,
    1,
  ]);
  const progressive = goldenImage("progressive.jpg"), scans = jpegScans(progressive);
  assert(scans > 5 && scans < 15, `${scans}`);
  assertEquals(jpegScans(withScans(progressive, 40)), scans + 40);
  const thumbnail = [0xff, 0xe1, 0, 8, 0xff, 0xda, 0, 3, 1, 2];
  assertEquals(jpegScans(Uint8Array.of(0xff, 0xd8, ...thumbnail, ...progressive.subarray(2))), scans);
});

Deno.test("a JPEG file of more than a hundred scans is refused, whatever decodes it", async () => {
  const bomb = withScans(goldenImage("progressive.jpg"), 2600);
  for (const decoder of ["sharp", "imagescript"] as const) {
    await assertRejects(
      () => decodeWith(decoder, bomb),
      OnesheetError,
      "expected at most 100 scans, found 26",
    );
  }
});

Deno.test("a large GIF is decoded while other work goes on", async () => {
  const side = [0x88, 0x13]; // 5000
  const bomb = Uint8Array.of(
    ...new TextEncoder().encode("GIF89a"),
    ...[...side, ...side, 0x80, 0, 0, 0, 0, 0, 255, 255, 255],
    ...[0x2c, 0, 0, 0, 0, ...side, ...side, 0, 2, 2, 0x44, 1, 0, 0x3b],
  );
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  try {
    await assertRejects(() => decodeWith("sharp", bomb), OnesheetError, "Cannot decode this GIF image: ");
  } finally {
    clearInterval(timer);
  }
  assert(turns > 5, `${turns}`);
});

Deno.test("a large picture is the same from a thread of its own", async () => {
  const [width, height] = [1200, 900];
  const data = Uint8ClampedArray.from({ length: width * height * 3 }, (_, i) => i % 251);
  assertEquals(
    (await decodeWith("imagescript", encodePng({ width, height, data }))).data,
    new Uint8Array(data),
  );
});
