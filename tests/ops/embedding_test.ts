import { embedding } from "../../src/ops/embedding.ts";
import { goldenTests } from "./goldens.ts";

goldenTests("embedding", ({ ids, table }, { paddingIndex }) => ({ y: embedding(ids, table, paddingIndex) }));
