/** A real EfficientNet-Lite0, where there is one: ONESHEET_LITE0 names a folder that tests/golden/backbones/real.py made. */
import { assertEquals, assertLess } from "@std/assert";
import { build } from "../../src/dsl/build.ts";
import { describe, loadInto } from "../../src/store/load.ts";
import { efficientNetNames } from "../../src/store/rename_efficientnet.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { predictionStep } from "../../src/train/step.ts";
import { efficientNet, efficientNetSizes } from "../../layers/mod.ts";
import { portable } from "../../src/engine/portable.ts";
import { libraryFiles, native } from "../engine/native.ts";
import { off } from "./goldens.ts";

const folder = Deno.env.get("ONESHEET_LITE0");

Deno.test({
  name: "a pretrained EfficientNet-Lite0 gives efficientnet_pytorch's features (needs ONESHEET_LITE0)",
  ignore: folder === undefined,
  fn: async () => {
    const size = efficientNetSizes.lite0;
    const model = build(({ image }, at) => efficientNet(size)(image, at("tower")), {
      image: ["batch", 224, 224, 3],
    });
    using memory = (libraryFiles === undefined ? await portable() : native()).memory();
    using weights = await openSafetensors(`${folder}/model.safetensors`);
    using golden = await openSafetensors(`${folder}/golden.safetensors`);
    const report = await loadInto(memory, model, weights, {
      under: "tower",
      rename: efficientNetNames(size),
    });
    assertEquals(describe(report), "294 of 294 loaded");
    const { logits } = await memory.compile(predictionStep(model)).run({ image: await golden.read("image") });
    assertLess(off(logits, await golden.read("features")), 1e-5);
  },
});
