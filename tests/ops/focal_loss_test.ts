import { crossEntropy, focalLoss, weightedCrossEntropy } from "../../src/ops/focal_loss.ts";
import { goldenTests } from "./goldens.ts";

goldenTests("focalLoss", ({ logits, targets }, { alpha, gamma }) => ({
  y: focalLoss(logits, targets, alpha, gamma),
}));

goldenTests("crossEntropy", ({ logits, targets }) => ({ y: crossEntropy(logits, targets) }));

goldenTests("weightedCrossEntropy", ({ logits, targets, weight }) => ({
  y: weightedCrossEntropy(logits, targets, weight),
}));
