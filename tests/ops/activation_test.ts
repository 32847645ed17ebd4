import {
  elu,
  gelu,
  leakyRelu,
  relu,
  relu6,
  sigmoid,
  silu,
  softplus,
  tanh,
} from "../../src/ops/activation.ts";
import { goldenTests } from "./goldens.ts";

for (const [name, activation] of Object.entries({ elu, gelu, relu, relu6, sigmoid, silu, softplus, tanh })) {
  goldenTests(name, ({ x }) => ({ y: activation(x) }));
}

goldenTests("leakyRelu", ({ x }, { slope }) => ({ y: leakyRelu(x, slope) }));
