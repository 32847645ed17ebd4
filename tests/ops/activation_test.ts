import { gelu, relu, sigmoid, silu, tanh } from "../../src/ops/activation.ts";
import { goldenTests } from "./goldens.ts";

for (const [name, activation] of Object.entries({ gelu, relu, sigmoid, silu, tanh })) {
  goldenTests(name, ({ x }) => ({ y: activation(x) }));
}
