import { cosine } from "../../src/ops/cosine.ts";
import { goldenTests } from "./goldens.ts";

goldenTests("cosine", ({ a, b }) => ({ y: cosine(a, b) }));
