/** AdamW against PyTorch's (tests/golden/layers/adamw.safetensors): five steps with other gradients and rates. */
import { fileURLToPath } from "node:url";
import { float32, type Value } from "../../src/base/value.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import type { Engine, Step } from "../../src/tensor.ts";
import { adamw } from "../../src/train/optimizer.ts";

const goldens = fileURLToPath(new URL("../golden/layers/adamw.safetensors", import.meta.url));

/** The largest difference, of each number; of one that is near zero, of 1e-6 of it and more. */
function off(found: Value, expected: ArrayLike<number>): number {
  const each = Array.from(
    expected,
    (x, i) => Math.max(0, Math.abs(found.data[i] - x) - 1e-12) / Math.abs(x),
  );
  return Math.max(...each);
}

/** The parameter after each step and both moments at the end: the largest difference, relative to each number. */
export async function adamwDifference(engine: Engine, path = goldens): Promise<number> {
  using file = await openSafetensors(path);
  const read = (name: string) => file.read(name);
  const parameter = await read("parameter"), gradients = await read("gradients");
  const rates = await read("rates"), after = await read("after");
  const { moments, scalars, update } =
    adamw({ beta1: 0.8, beta2: 0.97, epsilon: 1e-7, weightDecay: 0.3 }).made;

  using memory = engine.memory();
  await memory.put("parameter", parameter);
  const size = parameter.data.length;
  for (const moment of moments) await memory.put(moment, float32(parameter.shape, new Float32Array(size)));
  const step: Step = (state, { gradient, ...given }) => {
    const old = [state.parameter, ...moments.map((moment) => state[moment])];
    const next = update(old[0], old.slice(1), gradient, given);
    return {
      state: Object.fromEntries(["parameter", ...moments].map((name, i) => [name, next[i]])),
      outputs: {},
    };
  };
  const program = memory.compile(step);
  const found: number[] = [];
  for (const [i, rate] of rates.data.entries()) {
    const part = ({ data }: Value) => data.slice(i * size, (i + 1) * size);
    const numbers = Object.entries(scalars(rate, i + 1)).map(([name, x]) => [name, float32([], [x])]);
    const gradient = float32(parameter.shape, part(gradients) as Float32Array);
    await program.run({ gradient, ...Object.fromEntries(numbers) });
    found.push(off(await memory.get("parameter"), part(after)));
  }
  const [mean, square] = [await read("mean"), await read("square")];
  return Math.max(
    ...found,
    off(await memory.get(moments[0]), mean.data),
    off(await memory.get(moments[1]), square.data),
  );
}
