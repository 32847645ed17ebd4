/** Every layer with parameters against PyTorch's: output, buffers, and the gradient of everything that has one. */
import { assert, assertEquals } from "@std/assert";
import type { Value } from "../../src/base/value.ts";
import { batchNorm } from "../../layers/mod.ts";
import { eachEngine } from "../engine/each.ts";
import { cases, layerDifferences, modelOf, off, only, readLayer } from "./goldens.ts";
import { backwards, forwards } from "./pass.ts";

/** Of PyTorch's numbers, relative to the largest of an array where that is above 1. */
const LIMIT = 5e-6;

for (const [name, make] of Object.entries(cases)) {
  eachEngine(`${name} computes, learns and names its arrays as PyTorch does`, async (engine) => {
    const { under } = await readLayer(name);
    const model = modelOf(make, under("input"));
    assertEquals(model.params.map((param) => param.name).sort(), Object.keys(under("weight")).sort());
    const found = await layerDifferences(engine, name);
    assertEquals(found.filter(([_, difference]) => !(difference <= LIMIT)), []);
  });
}

eachEngine("batchNorm follows PyTorch's running statistics over three steps", async (engine) => {
  const { one, under } = await readLayer("batch_norm");
  const xs = one("xs"), outputs = one("outputs"), after = under("after");
  const part = (all: Value, step: number): Value => {
    const shape = all.shape.slice(1), size = all.data.length / all.shape[0];
    return { ...all, shape, data: all.data.slice(step * size, (step + 1) * size) } as Value;
  };
  const model = modelOf(only(batchNorm()), { x: part(xs, 0) });
  let arrays = under("weight");
  for (let step = 0; step < 3; step++) {
    const passed = await forwards(engine, model, arrays, { x: part(xs, step) }, { training: true });
    assert(off(passed.output, part(outputs, step)) <= LIMIT, `output ${step}`);
    for (const name of Object.keys(after)) {
      assert(off(passed.updates[name], part(after[name], step)) <= LIMIT, `${name} ${step}`);
    }
    arrays = { ...arrays, ...passed.updates };
  }
});

eachEngine(
  "over one token, queries and keys get gradients of exactly zero and values do not",
  async (engine) => {
    const { one, under } = await readLayer("self_attention_1");
    const model = modelOf(cases.self_attention_1, under("input"));
    const { gradients } = await backwards(engine, model, under("weight"), under("input"), one("towards"));
    for (const name of ["in_proj_weight", "in_proj_bias"]) {
      const { data } = gradients[name];
      const third = data.length / 3;
      assertEquals(data.slice(0, 2 * third).every((x) => x === 0), true, name);
      assertEquals(data.slice(2 * third).every((x) => x !== 0), true, name);
    }
  },
);
