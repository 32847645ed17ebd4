import { assert, assertEquals } from "@std/assert";
import { random } from "../../src/base/random.ts";
import { drawWindow } from "../../src/data/draws.ts";
import {
  affineDistances,
  distanceLimit,
  type Draws,
  jitterDistances,
  windowDistances,
} from "./draw_goldens.ts";
import { goldenJson } from "./pixel_goldens.ts";

const golden = goldenJson<Draws>("draws.json");

function assertSame(distances: Readonly<Record<string, number>>): void {
  for (const [name, distance] of Object.entries(distances)) {
    assert(distance < distanceLimit, `${name} is distributed otherwise, by ${distance}`);
  }
}

for (const each of golden.windows) {
  const { width, height, scale, ratio } = each;
  Deno.test(`windows of ${width} by ${height} at scale ${scale} and ratio ${ratio} fall as torchvision's`, () => {
    const { drawn, distances } = windowDistances(each);
    assertSame(distances);
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
  const { drawn, distances } = affineDistances(golden.affine);
  assertSame(distances);
  assert(drawn.every((map) => map.translate.every(Number.isInteger)));
});

Deno.test("jitter factors fall as torchvision's, in all 24 orders equally often", () => {
  const { drawn, distances } = jitterDistances(golden.jitter);
  assertSame(distances);
  const orders = Map.groupBy(drawn, (draw) => draw.map(({ index }) => index).join(""));
  assertEquals(orders.size, 24);
  // Chi squared of 23 degrees of freedom exceeds 49.7 once in a thousand.
  const even = drawn.length / 24;
  const chiSquared = [...orders.values()].reduce((sum, { length }) => sum + (length - even) ** 2 / even, 0);
  assert(chiSquared < 49.7, `chi squared of the orders is ${chiSquared}`);
});
