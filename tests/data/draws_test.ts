import { assert, assertEquals } from "@std/assert";
import { random } from "../../src/base/random.ts";
import { drawAdjustments, drawAffine, drawWindow } from "../../src/data/draws.ts";
import type { Window } from "../../src/data/picture.ts";
import { goldenJson } from "./pixel_goldens.ts";

type Range = readonly [number, number];
interface Distribution {
  readonly at: readonly number[];
  /** Share of torchvision's 40,000 draws that were at most the value of the same place in `at`. */
  readonly below: readonly number[];
}
interface Draws {
  readonly windows: readonly {
    width: number;
    height: number;
    scale: Range;
    ratio: Range;
    windows: Record<keyof Window, Distribution>;
  }[];
  readonly fallbacks: readonly { width: number; height: number; ratio: Range; window: Window }[];
  readonly affine: {
    width: number;
    height: number;
    degrees: Range;
    translate: Range;
    scale: Range;
    shear: readonly [number, number, number, number];
    draws: Record<"angle" | "right" | "down" | "scale" | "shearX" | "shearY", Distribution>;
  };
  readonly jitter: Record<"brightness" | "contrast" | "saturation" | "hue", Range> & {
    draws: Record<"brightness" | "contrast" | "saturation" | "hue", Distribution>;
  };
}
const golden = goldenJson<Draws>("draws.json");
const count = 40_000;

/**
 * Two samples of 40,000 differ by more than 0.0138 anywhere once in a thousand pairs (Kolmogorov and Smirnov); the
 * seeds are fixed, so a test that passes once always does.
 */
function assertSameDistribution(values: Float64Array, { at, below }: Distribution, what: string): void {
  at.forEach((point, i) => {
    const share = values.reduce((sum, value) => sum + (value <= point ? 1 : 0), 0) / values.length;
    assert(
      Math.abs(share - below[i]) < 0.0138,
      `${what}: P(v <= ${point}) is ${share}, in torchvision ${below[i]}`,
    );
  });
}

for (const { width, height, scale, ratio, windows } of golden.windows) {
  Deno.test(`windows of ${width} by ${height} at scale ${scale} and ratio ${ratio} fall as torchvision's`, () => {
    const stream = random("window", width);
    const drawn = Array.from({ length: count }, () => drawWindow(width, height, scale, ratio, stream));
    for (const key of ["x", "y", "width", "height"] as const) {
      assertSameDistribution(Float64Array.from(drawn, (window) => window[key]), windows[key], key);
    }
    assert(
      drawn.every(({ x, y, ...part }) =>
        x >= 0 && x + part.width <= width && y >= 0 && y + part.height <= height
      ),
    );
  });
}

Deno.test("a window that never fits becomes torchvision's central one", () => {
  for (const { width, height, ratio, window } of golden.fallbacks) {
    assertEquals(
      drawWindow(width, height, [5, 5], ratio, random(width, height)),
      window,
      `${width} by ${height}`,
    );
  }
});

Deno.test("affine maps fall as torchvision's, translations in whole pixels", () => {
  const { width, height, degrees, translate, scale, shear, draws } = golden.affine;
  const ranges = { degrees, translate, scale, shear: [[shear[0], shear[1]], [shear[2], shear[3]]] } as const;
  const stream = random("affine");
  const drawn = Array.from({ length: count }, () => drawAffine(width, height, ranges, stream));
  const check = (what: keyof typeof draws, of: (map: typeof drawn[number]) => number) =>
    assertSameDistribution(Float64Array.from(drawn, of), draws[what], what);
  check("angle", (map) => map.angle);
  check("right", (map) => map.translate[0]);
  check("down", (map) => map.translate[1]);
  check("scale", (map) => map.scale);
  check("shearX", (map) => map.shear[0]);
  check("shearY", (map) => map.shear[1]);
  assert(drawn.every((map) => map.translate.every(Number.isInteger)));
});

Deno.test("jitter factors fall as torchvision's, in all 24 orders equally often", () => {
  const names = ["brightness", "contrast", "saturation", "hue"] as const;
  const ranges = names.map((name) => golden.jitter[name]);
  const stream = random("jitter");
  const drawn = Array.from({ length: count }, () => drawAdjustments(ranges, stream));
  const orders = new Map<string, number>();
  for (const draw of drawn) {
    const order = draw.map(({ index }) => index).join("");
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  names.forEach((name, index) => {
    const factors = drawn.map((draw) => draw.find((one) => one.index === index)!.factor);
    assertSameDistribution(Float64Array.from(factors), golden.jitter.draws[name], name);
  });
  assertEquals(orders.size, 24);
  // Chi squared of 23 degrees of freedom exceeds 49.7 once in a thousand.
  const even = count / 24;
  const chiSquared = [...orders.values()].reduce((sum, n) => sum + (n - even) ** 2 / even, 0);
  assert(chiSquared < 49.7, `chi squared of the orders is ${chiSquared}`);
});
