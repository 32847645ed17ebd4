import { assert, assertEquals } from "@std/assert";
import { adamw } from "../../src/train/optimizer.ts";
import { eachEngine } from "../engine/each.ts";
import { adamwDifference } from "./adamw_golden.ts";

eachEngine(
  "AdamW is PyTorch's over steps with other rates, a step without gradient, and tiny gradients",
  async (engine) => {
    const difference = await adamwDifference(engine);
    assert(difference <= 2e-6, `off by ${difference}`);
  },
);

Deno.test("AdamW's defaults are PyTorch's, and its settings can be changed by name", () => {
  assertEquals(adamw().options, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 });
  const changed = adamw({ weightDecay: 1e-5 }).with({ beta2: 0.98 });
  assertEquals([changed.name, changed.options], [
    "adamw",
    { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 1e-5 },
  ]);
});

Deno.test("the scalars of a step are its rate and its number", () => {
  assertEquals(adamw().made.scalars(0.2, 3), { rate: 0.2, step: 3 });
});
