import { layerNorm } from "../../src/ops/layer_norm.ts";
import { goldenTests } from "./goldens.ts";

// Gradients in the hundreds that all but cancel.
goldenTests(
  "layerNorm",
  ({ x, weight, bias }, { epsilon }) => ({ y: layerNorm(x, weight, bias, epsilon) }),
  2e-5,
);
