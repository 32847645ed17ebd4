import { assert, assertEquals } from "@std/assert";
import { float32, type Value } from "../../src/base/value.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import type { Step } from "../../src/tensor.ts";
import { adamw } from "../../src/train/optimizer.ts";
import { eachEngine } from "../engine/each.ts";

async function golden(): Promise<Record<string, Value>> {
  using file = await openSafetensors(new URL("../golden/layers/adamw.safetensors", import.meta.url).pathname);
  const names = [...file.entries.keys()];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await file.read(name)])));
}

function assertNear(found: Value, expected: ArrayLike<number>, what: string): void {
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(found.data[i] - expected[i]);
    assert(
      off <= 2e-6 * Math.abs(expected[i]) + 1e-12,
      `${what}[${i}]: ${expected[i]}, found ${found.data[i]}`,
    );
  }
}

eachEngine(
  "AdamW is PyTorch's over steps with other rates, a step without gradient, and tiny gradients",
  async (engine) => {
    const { parameter, gradients, rates, after, mean, square } = await golden();
    const { moments, scalars, update } =
      adamw({ beta1: 0.8, beta2: 0.97, epsilon: 1e-7, weightDecay: 0.3 }).made;
    const zeros = float32(parameter.shape, new Float32Array(parameter.data.length));

    using memory = engine.memory();
    await memory.put("parameter", parameter);
    for (const moment of moments) await memory.put(moment, zeros);
    const step: Step = (state, { gradient, ...given }) => {
      const old = [state.parameter, ...moments.map((moment) => state[moment])];
      const next = update(old[0], old.slice(1), gradient, given);
      return {
        state: Object.fromEntries(["parameter", ...moments].map((name, i) => [name, next[i]])),
        outputs: {},
      };
    };
    const program = memory.compile(step);
    const size = parameter.data.length;
    for (const [i, rate] of rates.data.entries()) {
      const numbers = Object.entries(scalars(rate, i + 1)).map(([name, x]) => [name, float32([], [x])]);
      const gradient = {
        ...gradients,
        shape: parameter.shape,
        data: gradients.data.slice(i * size, (i + 1) * size),
      };
      await program.run({ gradient: gradient as Value, ...Object.fromEntries(numbers) });
      assertNear(await memory.get("parameter"), after.data.slice(i * size, (i + 1) * size), `step ${i + 1}`);
    }
    assertNear(await memory.get(moments[0]), mean.data, "mean");
    assertNear(await memory.get(moments[1]), square.data, "square");
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

Deno.test("the scalars of a step are the rate and the powers of both betas", () => {
  const { scalars } = adamw({ beta1: 0.5, beta2: 0.9 }).made;
  assertEquals(scalars(0.1, 1), { rate: 0.1, beta1Power: 0.5, beta2Power: 0.9 });
  assertEquals(scalars(0.2, 3), { rate: 0.2, beta1Power: 0.125, beta2Power: 0.9 ** 3 });
});
