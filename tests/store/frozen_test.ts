/** A model as a frozen graph: what is in it, and that others compute the same from it. */
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { fields } from "../../src/base/protobuf.ts";
import { random } from "../../src/base/random.ts";
import { float32, int32, sizeOf, type Values } from "../../src/base/value.ts";
import { sized } from "../../src/cli/parity.ts";
import type { Engine, Frozen } from "../../src/engine/engine.ts";
import { tf } from "../../src/engine/tfjs.ts";
import { nodesOf } from "../../src/store/graph_def.ts";
import { graphModel } from "../../src/store/graph_model.ts";
import { savedModel } from "../../src/store/saved_model.ts";
import { plan, randomize } from "../../src/train/start.ts";
import { predictionStep } from "../../src/train/step.ts";
import { nativeTest } from "../engine/native.ts";

/** A Python with TensorFlow, for the test that needs one. */
const python = Deno.env.get("ONESHEET_TF_PYTHON");

const { recipe } = sized("mini");
const ROWS = 3;

interface Case {
  readonly frozen: Frozen;
  readonly inputs: Values;
  readonly logits: Float32Array;
}

let made: Promise<Case> | undefined;
const frozenModel = (engine: Engine): Promise<Case> => made ??= freezeModel(engine);

/** The miniature of the published model, frozen, with inputs and the logits that the engine has for them. */
async function freezeModel(engine: Engine): Promise<Case> {
  const { model } = plan(recipe);
  using memory = engine.memory();
  await randomize(memory, model, 3);
  const specs = Object.fromEntries(
    Object.entries(recipe.data.made.inputs).map((
      [name, { dtype, shape }],
    ) => [name, { dtype, shape: [ROWS, ...shape] }]),
  );
  const numbers = random(4);
  const inputs = Object.fromEntries(
    Object.entries(specs).map(([name, { dtype, shape }]) => {
      const draw = (make: () => number) => Array.from({ length: sizeOf(shape) }, make);
      if (dtype === "float32") return [name, float32(shape, draw(() => numbers.normal()))];
      return [name, int32(shape, draw(() => name === "ids" ? numbers.integer(97) : 1))];
    }),
  );
  const frozen = await memory.freeze!(predictionStep(model), specs);
  const { logits } = await memory.compile(predictionStep(model)).run(inputs);
  return { frozen, inputs, logits: logits.data as Float32Array };
}

const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i])));

nativeTest(
  "a frozen graph has plain operations only, no variables, functions or attributes of XLA",
  async (engine) => {
    const { frozen } = await frozenModel(engine);
    const nodes = nodesOf(frozen.graph);
    const names = new Set(nodes.map(({ name }) => name));
    assertEquals(names.size, nodes.length);
    const forbidden = nodes.filter(({ op, attr }) =>
      /Call|Var|^_|Random|Assign/.test(op) || Object.keys(attr).some((key) => key.startsWith("_"))
    );
    assertEquals(forbidden.map(({ name }) => name), []);
    const functions = [...fields(frozen.graph)].filter(({ field, bytes }) => field === 2 && bytes.length > 0);
    assertEquals(functions, []);
    for (const { node } of [...Object.values(frozen.inputs), ...Object.values(frozen.outputs)]) {
      assert(
        names.has(node),
      );
    }
    assertEquals(frozen.outputs.logits.shape, [ROWS, 5]);
  },
);

nativeTest(
  "a SavedModel has the graph under the tag serve and a signature with its inputs and outputs",
  async (engine) => {
    const { frozen } = await frozenModel(engine);
    const [schema, meta] = [...fields(savedModel(frozen))];
    assertEquals([schema.field, schema.value, meta.field], [1, 1n, 2]);
    const parts = new Map([...fields(meta.bytes)].map(({ field, bytes }) => [field, bytes]));
    assertEquals(parts.get(2), frozen.graph);
    const utf8 = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals(utf8([...fields(parts.get(1)!)].find(({ field }) => field === 4)!.bytes), "serve");
    const [key, signature] = [...fields(parts.get(5)!)];
    assertEquals(utf8(key.bytes), "serving_default");
    const named = (wanted: number) =>
      [...fields(signature.bytes)].filter(({ field }) => field === wanted).map(({ bytes }) => {
        const [name, info] = [...fields(bytes)];
        return [utf8(name.bytes), utf8([...fields(info.bytes)][0].bytes)];
      });
    assertEquals(named(1), Object.entries(frozen.inputs).map(([name, { node }]) => [name, `${node}:0`]));
    assertEquals(named(2), [["logits", `${frozen.outputs.logits.node}:0`]]);
  },
);

nativeTest(
  "TensorFlow.js's own kernels compute from the graph model what the engine does",
  async (engine) => {
    const { frozen, inputs, logits } = await frozenModel(engine);
    const { model, weights } = graphModel(frozen);
    const { modelTopology, signature, weightsManifest } = JSON.parse(JSON.stringify(model));
    await tf.setBackend("cpu");
    const loaded = await tf.loadGraphModel({
      load: () =>
        Promise.resolve({
          modelTopology,
          signature,
          weightSpecs: weightsManifest[0].weights,
          weightData: new Uint8Array(weights).buffer,
        }),
    });
    const given = Object.fromEntries(
      Object.entries(inputs).map((
        [name, { data, shape, dtype }],
      ) => [name, tf.tensor(data, [...shape], dtype)]),
    );
    const output = loaded.execute(given) as ReturnType<typeof tf.tensor>;
    const found = await output.data();
    tf.dispose([output, given]);
    loaded.dispose();
    assert(difference(found, logits) < 1e-5, `${difference(found, logits)}`);
  },
);

Deno.test({
  name: python === undefined
    ? "Python's TensorFlow loads the SavedModel (skipped: needs ONESHEET_TF_PYTHON, a Python with TensorFlow)"
    : "Python's TensorFlow loads the SavedModel and computes what the engine does",
  ignore: python === undefined,
  fn: async () => {
    const { native } = await import("../engine/native.ts");
    const { frozen, inputs, logits } = await frozenModel(native());
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeFile(`${folder}/saved_model.pb`, savedModel(frozen));
      await Deno.writeTextFile(
        `${folder}/inputs.json`,
        JSON.stringify(
          inputs,
          (_, value) => ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value,
        ),
      );
      const { stdout, stderr, success } = await new Deno.Command(python!, {
        args: [fileURLToPath(new URL("saved_model.py", import.meta.url)), folder],
      }).output();
      assert(success, new TextDecoder().decode(stderr));
      const found: number[] = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
      assert(difference(found, logits) < 1e-5, `${difference(found, logits)}`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
