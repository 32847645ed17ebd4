/** Where the published system drops, and how much: every place in a small model, by what is zero there. */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import {
  attentions,
  type Drawn,
  dropoutPass,
  keptHeads,
  keptProbabilities,
  offRate,
  plain,
} from "./dropout_places.ts";

const drawn = await dropoutPass(1);

/** Fails unless the share of zeros is within four standard deviations of the rate. */
const assertShare = (values: readonly number[], rate: number): void => assert(offRate(values, rate) < 4);

Deno.test("dropout is live in frozen and learning modules, at the notebook's places and nowhere else", () => {
  assertEquals([...drawn.keys()].sort(), [...plain.keys(), ...attentions, "self_attention"].sort());
  for (const [path, { seeds }] of drawn) assertEquals(seeds, [path]);
});

for (const [path, rate] of plain) {
  Deno.test(`${path} drops ${rate} of its elements and scales the others up`, () => {
    const { input, output } = drawn.get(path)!;
    assertShare(Array.from(output), rate);
    output.forEach((y, i) => {
      if (y !== 0) assertAlmostEquals(y, input[i] / (1 - rate), 1e-5 * Math.abs(y));
    });
  });
}

for (const path of attentions) {
  Deno.test(`${path} drops 0.1 of the attention probabilities`, () => {
    assertShare(keptProbabilities(drawn.get(path)!), 0.1);
  });
}

Deno.test("self_attention keeps or drops each head of each sample as a whole, 0.1 of them", () => {
  const place = drawn.get("self_attention")!;
  const heads = keptHeads(place, 1);
  for (const head of heads) assertEquals(new Set(head).size, 1);
  assertShare(heads.map(([x]) => x), 0.1);
  assertNotEquals(keptHeads(place, 2), heads);
});

Deno.test("the same seed drops the same elements, another seed others, and no two places the same", async () => {
  const zeros = ({ output }: Drawn) => Array.from(output, (x) => x === 0);
  const [again, other] = [await dropoutPass(1), await dropoutPass(2)];
  for (const path of plain.keys()) {
    assertEquals(zeros(again.get(path)!), zeros(drawn.get(path)!));
    assertNotEquals(zeros(other.get(path)!), zeros(drawn.get(path)!));
  }
  const [first, second] = [0, 1].map((i) =>
    zeros(drawn.get(`text_backbone.encoder.layer.${i}.output.dropout`)!)
  );
  assertNotEquals(first, second);
});
