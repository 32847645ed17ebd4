import { smooth } from "../../src/ops/smooth.ts";
import { goldenTests } from "./goldens.ts";

goldenTests("smooth", ({ labels }, { epsilon }) => ({ y: smooth(labels, epsilon) }));
