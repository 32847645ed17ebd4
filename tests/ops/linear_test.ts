import { linear } from "../../src/ops/linear.ts";
import { goldenTests } from "./goldens.ts";

goldenTests("linear", ({ x, weight, bias }) => ({ y: linear(x, weight, bias) }));
