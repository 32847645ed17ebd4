import { assertEquals } from "@std/assert";
import { efficientNetNames } from "../../src/store/rename_efficientnet.ts";
import { bertNames, resnetNames, vggNames } from "../../src/store/rename.ts";

Deno.test("the names of bert-base-uncased become transformers' BertModel names", () => {
  const names: readonly (readonly [string, string | undefined])[] = [
    ["bert.embeddings.word_embeddings.weight", "embeddings.word_embeddings.weight"],
    ["bert.embeddings.LayerNorm.gamma", "embeddings.LayerNorm.weight"],
    ["bert.embeddings.LayerNorm.beta", "embeddings.LayerNorm.bias"],
    ["bert.embeddings.position_ids", undefined],
    ["bert.encoder.layer.0.attention.self.query.weight", "encoder.layer.0.attention.self.query.weight"],
    [
      "bert.encoder.layer.11.attention.output.LayerNorm.gamma",
      "encoder.layer.11.attention.output.LayerNorm.weight",
    ],
    ["bert.pooler.dense.bias", "pooler.dense.bias"],
    ["cls.predictions.transform.LayerNorm.gamma", undefined],
    ["cls.seq_relationship.weight", undefined],
  ];
  for (const [from, to] of names) assertEquals(bertNames(from), to);
});

Deno.test("the names of a bare BertModel stay as they are", () => {
  assertEquals(bertNames("embeddings.LayerNorm.weight"), "embeddings.LayerNorm.weight");
  assertEquals(bertNames("encoder.layer.3.output.dense.bias"), "encoder.layer.3.output.dense.bias");
});

Deno.test("a ResNet keeps its names and loses its classifier", () => {
  assertEquals(resnetNames("layer4.2.downsample.0.weight"), "layer4.2.downsample.0.weight");
  assertEquals(resnetNames("fc.weight"), undefined);
});

Deno.test("an EfficientNet loses its classifier unless told, whatever it was called", () => {
  const blocks = { stages: [{ blocks: 1, expand: 1 }] };
  const [without, withIt] = [efficientNetNames(blocks), efficientNetNames(blocks, { classifier: true })];
  for (const theirs of ["classifier.weight", "classifier.1.weight", "_fc.weight"]) {
    assertEquals([without(theirs), withIt(theirs)], [undefined, "classifier.1.weight"]);
  }
  assertEquals(withIt("conv_stem.weight"), "features.0.0.weight");
});

Deno.test("a VGG of torchvision's or timm's keeps its hidden layers and loses its classifier", () => {
  assertEquals(vggNames("features.28.weight"), "features.28.weight");
  assertEquals(vggNames("classifier.3.bias"), "classifier.3.bias");
  assertEquals(vggNames("classifier.6.weight"), undefined);
  assertEquals(vggNames("pre_logits.fc1.weight"), "classifier.0.weight");
  assertEquals(vggNames("pre_logits.fc2.bias"), "classifier.3.bias");
  assertEquals(vggNames("head.fc.weight"), undefined);
});
