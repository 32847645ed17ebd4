import { layerNorm } from "../../src/ops/layer_norm.ts";
import { goldenTests } from "./goldens.ts";

// Gradients in the hundreds that all but cancel.
goldenTests(
  "layerNorm",
  ({ x, weight, bias }, { epsilon }) => ({ y: layerNorm(x, weight, bias, epsilon) }),
  2e-5,
);

// A float32 mean of numbers near 1000 leaves four digits of their deviation of 1.
goldenTests(
  "flatLayerNorm",
  ({ x, weight, bias }, { epsilon }) => ({ y: layerNorm(x, weight, bias, epsilon) }),
  2e-5,
);
