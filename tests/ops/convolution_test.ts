import { convolution, maxPool } from "../../src/ops/convolution.ts";
import { goldenTests } from "./goldens.ts";

// Sums of up to 147 products.
goldenTests("convolution", ({ x, weight }, { stride, padding }) => ({
  y: convolution(x, weight, { stride, padding }),
}), 1e-5);

goldenTests("maxPool", ({ x }, { size, stride, padding }) => ({ y: maxPool(x, size, { stride, padding }) }));
