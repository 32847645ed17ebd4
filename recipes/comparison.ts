/**
 * The systems of the literature on MM-IMDb and this library's first, each on the towers of its paper. `reported` are the
 * papers' scores, on MM-IMDb's own test rows and 23 labels; of "mmimdb" its validation rows and 26 labels.
 */
import { type Comparison, comparison } from "../mod.ts";
import bertText from "./bert_text.ts";
import centralNet from "./centralnet.ts";
import efficientNetImage from "./efficientnet_image.ts";
import gatEfficientNet from "./gat_efficientnet.ts";
import gmu from "./gmu.ts";
import mfm from "./mfm.ts";
import mmGatBt from "./mm_gatbt.ts";
import mmbt from "./mmbt.ts";
import mmimdb from "./mmimdb.ts";
import refNet from "./refnet.ts";

/** The comparison. */
const published: Comparison = comparison([
  {
    name: "efficientnet-image",
    recipe: efficientNetImage,
    reported: { microF1: 0.395, macroF1: 0.314, weightedF1: 0.457 },
  },
  { name: "bert-text", recipe: bertText, reported: { microF1: 0.645, macroF1: 0.587, weightedF1: 0.645 } },
  { name: "gmu", recipe: gmu, reported: { microF1: 0.63, macroF1: 0.541, weightedF1: 0.617 } },
  { name: "centralnet", recipe: centralNet, reported: { microF1: 0.639, macroF1: 0.561, weightedF1: 0.631 } },
  { name: "mmbt", recipe: mmbt, reported: { microF1: 0.669, macroF1: 0.618 } },
  { name: "mfm", recipe: mfm, reported: { microF1: 0.675, macroF1: 0.616 } },
  { name: "refnet", recipe: refNet, reported: { microF1: 0.68, macroF1: 0.587 } },
  {
    name: "gat-efficientnet",
    recipe: gatEfficientNet,
    reported: { microF1: 0.5, macroF1: 0.394, weightedF1: 0.506 },
  },
  { name: "mm-gatbt", recipe: mmGatBt, reported: { microF1: 0.685, macroF1: 0.645, weightedF1: 0.683 } },
  { name: "mmimdb", recipe: mmimdb, reported: { microF1: 0.639, macroF1: 0.523 } },
]);

export default published;
