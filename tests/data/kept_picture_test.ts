import { assert, assertEquals } from "@std/assert";
import { random } from "../../src/base/random.ts";
import { randomResizedCrop } from "../../src/data/augment.ts";
import { decode } from "../../src/data/decode.ts";
import type { Canvas } from "../../src/data/drawn/canvas.ts";
import { encodeJpeg } from "../../src/data/drawn/jpeg.ts";
import { encodePng } from "../../src/data/drawn/png.ts";
import { plainPicture, reduced, trainingPicture } from "../../src/data/kept_picture.ts";
import type { Picture } from "../../src/data/picture.ts";
import { resize } from "../../src/data/resize.ts";

/** Waves, smooth at any size. */
function waves(width: number, height: number): Canvas {
  const data = new Uint8ClampedArray(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const x = Math.floor(i / 3) % width / width, y = Math.floor(i / 3 / width) / height;
    data[i] = 128 + 100 * Math.sin(9 * x + i % 3) * Math.cos(7 * y);
  }
  return { width, height, data };
}

const meanDifference = (a: Picture, b: Picture): number => {
  assertEquals([a.width, a.height], [b.width, b.height]);
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;
};

Deno.test("a reduced size has the shorter side asked for, and is never larger", () => {
  assertEquals(reduced({ width: 1000, height: 1500 }, 280), { width: 280, height: 420 });
  assertEquals(reduced({ width: 1500, height: 1000 }, 280), { width: 420, height: 280 });
  assertEquals(reduced({ width: 200, height: 300 }, 280), { width: 200, height: 300 });
});

Deno.test("a training poster is exact up to the limit, beyond it reduced and next to the resized whole", async () => {
  const picture = waves(310, 430);
  for (const file of [encodeJpeg(picture), encodePng(picture)]) {
    assertEquals(await trainingPicture(file, 310), await decode(file));
    const small = await trainingPicture(file, 70);
    assertEquals(small.reducedFrom, { width: 310, height: 430 });
    const difference = meanDifference({ ...small }, resize(await decode(file), 70, 97));
    assert(difference < 1, `${difference}`);
  }
});

Deno.test("of a reduced picture the same draw sees the window that it sees of the whole", async () => {
  const file = encodeJpeg(waves(310, 430));
  const [whole, small] = [await decode(file), await trainingPicture(file, 80)];
  const { made } = randomResizedCrop({ size: 40, scale: [0.3, 0.9] });
  for (let seed = 0; seed < 20; seed++) {
    const difference = meanDifference(made(whole, random(seed)), made(small, random(seed)));
    assert(difference < 1.5, `seed ${seed}: ${difference}`);
  }
});

Deno.test("what a model is shown without chance is exact; of a giant nearly so", async () => {
  const file = encodeJpeg(waves(310, 430));
  assertEquals(await plainPicture(file, { pixels: 32 }), resize(await decode(file), 32, 32));
  const reduced = await plainPicture(file, { pixels: 32 }, 310 * 430 - 1);
  const difference = meanDifference(reduced, resize(await decode(file), 32, 32));
  assert(difference > 0 && difference < 1, `${difference}`);
});
