import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { convolution, depthwiseConvolution, maxPool, type Window } from "../../src/ops/convolution.ts";
import { tf } from "../../src/tensor.ts";
import { eachEngine } from "../engine/each.ts";
import { goldenTests } from "./goldens.ts";

// Sums of up to 147 products.
goldenTests("convolution", ({ x, weight }, { stride, padding }) => ({
  y: convolution(x, weight, { stride, padding }),
}), 1e-5);

goldenTests("depthwiseConvolution", ({ x, weight }, { stride, padding }) => ({
  y: depthwiseConvolution(x, weight, { stride, padding }),
}));

goldenTests("maxPool", ({ x }, { size, stride, padding }) => ({ y: maxPool(x, size, { stride, padding }) }));

goldenTests("convolutionSame", ({ x, weight }, { stride }) => ({
  y: convolution(x, weight, { stride, padding: "same" }),
}), 1e-5);

goldenTests("depthwiseConvolutionSame", ({ x, weight }, { stride }) => ({
  y: depthwiseConvolution(x, weight, { stride, padding: "same" }),
}));

goldenTests("maxPoolSame", ({ x }, { size, stride }) => ({
  y: maxPool(x, size, { stride, padding: "same" }),
}));

/** Windows that are none, or that would be computed from nothing. */
const refused: readonly (readonly [size: number, window: Window, expected: string])[] = [
  [2, { stride: 1, padding: 2 }, "expected a padding below the window's size of 2, found 2"],
  [2, { stride: 3, padding: 5 }, "expected a padding below the window's size of 2, found 5"],
  [3, { stride: 0, padding: 0 }, "expected a stride of at least 1, a whole number, found 0"],
  [3, { stride: 1.5, padding: 0 }, "expected a stride of at least 1, a whole number, found 1.5"],
  [3, { stride: NaN, padding: "same" }, "expected a stride of at least 1, a whole number, found NaN"],
  [3, { stride: 1, padding: -1 }, 'expected a padding of at least 0, a whole number, or "same", found -1'],
  [3, { stride: 1, padding: 0.5 }, 'expected a padding of at least 0, a whole number, or "same", found 0.5'],
  [8, { stride: 1, padding: 1 }, "expected an image of at least 6 x 6, found 4 x 5"],
];

for (const [size, window, expected] of refused) {
  const given = `a window of ${size}, stride ${window.stride} and padding ${window.padding}`;
  eachEngine(`${given} is refused`, () => {
    tf.tidy(() => {
      const x = tf.zeros([1, 4, 5, 2]), weight = tf.zeros([size, size, 2, 3]);
      const { message } = assertThrows(() => maxPool(x, size, window), OnesheetError);
      assertEquals(message, `Cannot pool: ${expected}`);
      if (expected.includes("below the window")) return; // a convolution of padding alone is 0
      for (const convolve of [convolution, depthwiseConvolution]) {
        const { message } = assertThrows(() => convolve(x, weight, window), OnesheetError);
        assertEquals(message, `Cannot convolve: ${expected}`);
      }
    });
  });
}
