/**
 * A layer of your own: a gated residual block, x + tanh(gate) f(x). The gates start closed and open as they learn
 * (Alayrac et al. 2022, https://arxiv.org/abs/2204.14198).
 *
 *     deno run -A examples/own_layer.ts
 */
import {
  build,
  chooseEngine,
  features,
  float32,
  type Layer,
  linear,
  predictionStep,
  randomize,
  sameShape,
  sequential,
  showShape,
  swiglu,
  zeros,
} from "../mod.ts";

/** One gate a feature around any layer that keeps the shape. `[..., features]` stays as it is. */
const gated = (inner: Layer): Layer => (x, at) => {
  const gate = at.weight("gate", [features(x, at)], zeros);
  const h = inner(x, at("inner"));
  if (!sameShape(h.shape, x.shape)) {
    at.fail(`expected an inner layer that keeps ${showShape(x.shape)}, found ${showShape(h.shape)}`);
  }
  return at.node([x, h], [gate], x.shape, ([x, h], [gate]) => x.add(gate.tanh().mul(h)));
};

const model = build(({ x }, at) => {
  const blocks = sequential([gated(swiglu(8)), gated(linear(8))]);
  return linear(3)(blocks(x, at("blocks")), at("head"));
}, { x: ["batch", 8] });

for (const { name, shape } of model.params) console.log(name.padEnd(34), showShape(shape));

const { engine } = await chooseEngine("portable");
using memory = engine.memory();
await randomize(memory, model, 1);
const x = float32([2, 8], Array.from({ length: 16 }, (_, i) => Math.sin(i)));
const { logits } = await memory.compile(predictionStep(model)).run({ x });
console.log("logits", showShape(logits.shape), logits.data);
