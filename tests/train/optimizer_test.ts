import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import type { Choice } from "../../src/base/choice.ts";
import { float32 } from "../../src/base/value.ts";
import type { Engine } from "../../src/tensor.ts";
import { adam, adamw, type Optimizer } from "../../src/train/optimizer.ts";
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

/** The parameter after one step of an optimizer, with a weight decay of its own where one is given. */
async function afterStep(
  engine: Engine,
  { made }: Choice<Optimizer>,
  weightDecay?: number,
): Promise<number[]> {
  using memory = engine.memory();
  const start = { parameter: [1, -2, 3], mean: [0, 0, 0], square: [0, 0, 0] };
  for (const [name, data] of Object.entries(start)) await memory.put(name, float32([3], data));
  const program = memory.compile(({ parameter, mean, square }, { gradient, ...scalars }) => {
    const next = made.update(parameter, [mean, square], gradient, scalars, weightDecay);
    return { state: { parameter: next[0], mean: next[1], square: next[2] }, outputs: {} };
  });
  const scalars = Object.entries(made.scalars(0.1, 1)).map(([name, x]) => [name, float32([], [x])]);
  await program.run({ gradient: float32([3], [0.5, 0, -1]), ...Object.fromEntries(scalars) });
  return [...(await memory.get("parameter")).data];
}

for (const [name, optimizer] of Object.entries({ adam, adamw })) {
  eachEngine(`${name} takes the weight decay of a group in place of its own`, async (engine) => {
    for (const decay of [0, 0.3]) {
      const own = await afterStep(engine, optimizer({ weightDecay: decay }));
      assertEquals(await afterStep(engine, optimizer({ weightDecay: 0.7 }), decay), own);
      assertNotEquals(await afterStep(engine, optimizer({ weightDecay: 0.7 })), own);
    }
  });
}

eachEngine("Adam's weight decay is part of the gradient, AdamW's is not", async (engine) => {
  // Adam's first step is the rate against the sign of the gradient; the second gradient is 0 without decay.
  const near = (found: number[], expected: number[]) =>
    expected.forEach((x, i) => assertAlmostEquals(found[i], x, 1e-5));
  near(await afterStep(engine, adam({ weightDecay: 0 })), [0.9, -2, 3.1]);
  near(await afterStep(engine, adam({ weightDecay: 0.1 })), [0.9, -1.9, 3.1]);
  near(await afterStep(engine, adamw({ weightDecay: 0.1 })), [0.99 - 0.1, -1.98, 2.97 + 0.1]);
});
