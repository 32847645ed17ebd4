/** Every area, in the order of the page. */
import type { Area } from "./area.ts";
import { decoding } from "./areas/decoding.ts";
import { files } from "./areas/files.ts";
import { images } from "./areas/images.ts";
import { layerArea } from "./areas/layers.ts";
import { losses } from "./areas/losses.ts";
import { metrics } from "./areas/metrics.ts";
import { ops } from "./areas/ops.ts";
import { schedules } from "./areas/schedules.ts";
import { text } from "./areas/text.ts";
import { training } from "./areas/training.ts";

/** In the order of the page. */
export const areas: readonly Area[] = [
  ops,
  layerArea,
  losses,
  training,
  schedules,
  metrics,
  images,
  decoding,
  files,
  text,
];
