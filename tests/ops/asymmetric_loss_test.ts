import { asymmetricLoss } from "../../src/ops/asymmetric_loss.ts";
import { goldenTests } from "./goldens.ts";

goldenTests("asymmetricLoss", ({ logits, targets }, { gammaPositive, gammaNegative, margin }) => ({
  y: asymmetricLoss(logits, targets, { gammaPositive, gammaNegative, margin }),
}));
