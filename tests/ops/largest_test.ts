import { largest } from "../../src/ops/largest.ts";
import { goldenTests } from "./goldens.ts";

goldenTests("largest", ({ x }) => ({ y: largest(x) }));
