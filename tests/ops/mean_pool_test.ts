import { meanPool } from "../../src/ops/mean_pool.ts";
import { goldenTests } from "./goldens.ts";

goldenTests("meanPool", ({ x }) => ({ y: meanPool(x) }));
