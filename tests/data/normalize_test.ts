import { assertEquals } from "@std/assert";
import { imagenet, normalize } from "../../src/data/normalize.ts";
import { goldenJson } from "./pixel_goldens.ts";

Deno.test("normalize equals ToTensor and Normalize in float32, bit for bit, for every byte", () => {
  const every = {
    width: 256,
    height: 1,
    data: Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3)),
  };
  const out = new Float32Array(768);
  normalize(every, imagenet, out, 0);
  assertEquals(out, Float32Array.from(goldenJson<number[]>("normalize.json")));
});

Deno.test("normalize writes from the offset on and nowhere else", () => {
  const out = new Float32Array(12).fill(7);
  const moments = { mean: [0, 0.5, 1], std: [1, 0.5, 2] } as const;
  normalize({ width: 2, height: 1, data: Uint8Array.of(0, 0, 0, 255, 255, 255) }, moments, out, 3);
  assertEquals([...out], [7, 7, 7, 0, -1, -0.5, 1, 1, 0, 7, 7, 7]);
});
