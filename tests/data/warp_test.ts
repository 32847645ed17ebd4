import { assertEquals } from "@std/assert";
import { affine, rotate } from "../../src/data/warp.ts";
import { assertEqualsGoldens, assertSamePicture, noise } from "./pixel_goldens.ts";

Deno.test("rotate equals torchvision on PIL images, quarter turns and full circles included", () =>
  assertEqualsGoldens("rotate"));

Deno.test("affine equals torchvision on PIL images, with and without rotation and shear", () =>
  assertEqualsGoldens("affine"));

Deno.test("four quarter turns of a square bring it back", () => {
  const picture = noise(9, 9);
  let turned = picture;
  for (let i = 0; i < 4; i++) turned = rotate(turned, 90);
  assertSamePicture(turned, picture, "four turns");
});

Deno.test("rotate turns counter-clockwise, affine clockwise", () => {
  const corner = { width: 2, height: 2, data: new Uint8Array(12) };
  corner.data[0] = 255; // red, upper left
  assertEquals(rotate(corner, 90).data[6], 255); // lower left
  const quarter = { angle: 90, translate: [0, 0], scale: 1, shear: [0, 0] } as const;
  assertEquals(affine(corner, quarter).data[3], 255); // upper right
});

Deno.test("a translation moves right and down and leaves black behind", () => {
  const picture = noise(5, 4);
  const moved = affine(picture, { angle: 0, translate: [2, 1], scale: 1, shear: [0, 0] });
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 5; x++) {
      const from = ((y - 1) * 5 + x - 2) * 3;
      const expected = x < 2 || y < 1 ? [0, 0, 0] : [...picture.data.subarray(from, from + 3)];
      assertEquals([...moved.data.subarray((y * 5 + x) * 3, (y * 5 + x) * 3 + 3)], expected);
    }
  }
});

Deno.test("a picture wider than 16-bit fixed point reaches still turns by half a circle", () => {
  const long = noise(40_000, 2);
  const back = rotate(rotate(long, 180), 180);
  assertSamePicture(back, long, "twice half a circle");
  const slanted = affine(long, { angle: 0, translate: [0, 0], scale: 1, shear: [1, 0] });
  assertEquals([...slanted.data.subarray(-9, -3)], [...long.data.subarray(-9, -3)]);
});
