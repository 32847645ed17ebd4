/** State as tfjs tensors that outlive the step, and steps run on it as they stand. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Tensor } from "@tensorflow/tfjs";
import { OnesheetError } from "../../base/errors.ts";
import { checkValue, int32, type Value, type Values } from "../../base/value.ts";
import type { Memory, Program, Step, Tensors } from "../engine.ts";
import { tf } from "../tfjs.ts";
import { newTurns } from "../turns.ts";
import { BACKEND } from "./kernel.ts";

/** Runs on the wasm backend, also when another engine of this process has made its own the current one. */
function onBackend<Made>(make: () => Made): Made {
  if (tf.getBackend() !== BACKEND) tf.setBackend(BACKEND); // at once: portable() has set the backend up
  return make();
}

const tensorOf = ({ data, shape, dtype }: Value): Tensor => tf.tensor(data, [...shape], dtype);

function valueOf(tensor: Tensor): Value {
  const data = tensor.dataSync();
  const shape = [...tensor.shape];
  return data instanceof Float32Array
    ? { dtype: "float32", shape, data }
    : int32(shape, Int32Array.from(data));
}

const mapped = <From, To>(record: Readonly<Record<string, From>>, map: (from: From, name: string) => To) =>
  Object.fromEntries(Object.entries(record).map(([name, from]) => [name, map(from, name)]));

/** A step is being run, of whichever memory. */
let stepping = false;

/** Opens an empty memory on the wasm backend, which must be set up. */
export function openMemory(): Memory {
  const held = new Map<string, Tensor>();
  const turns = newTurns("the memory", () => {
    for (const tensor of held.values()) tensor.dispose();
    held.clear();
  });

  const hold = (name: string, tensor: Tensor): void => {
    held.get(name)?.dispose();
    held.set(name, tf.keep(tensor));
  };

  /** Puts an array that is new, or of the shape and type of the one it replaces. */
  const put = (name: string, value: Value): void => {
    const now = held.get(name);
    const [expected, found] = [now ?? value, value].map(({ dtype, shape }) =>
      `${dtype} [${shape.join(", ")}]`
    );
    if (expected !== found) {
      throw new OnesheetError(`Cannot put "${name}": expected ${expected}, found ${found}`);
    }
    hold(name, tensorOf(value));
  };

  const get = (name: string): Value => {
    const tensor = held.get(name);
    if (tensor !== undefined) return valueOf(tensor);
    throw new OnesheetError(`Cannot read "${name}": the memory holds no array of that name`);
  };

  /** Throws unless the step's new state fits what is held. */
  const check = (state: Tensors): void => {
    for (const [name, { shape, dtype }] of Object.entries(state)) {
      const now = held.get(name);
      if (now === undefined) {
        throw new OnesheetError(`Cannot set state "${name}": the memory holds no array of that name`);
      }
      const [expected, found] = [`${now.dtype} [${now.shape}]`, `${dtype} [${shape}]`];
      if (expected !== found) {
        throw new OnesheetError(`Cannot set state "${name}": expected ${expected}, found ${found}`);
      }
    }
  };

  const applied = (step: Step, inputs: Values): ReturnType<Step> => {
    // Copies share their numbers: a step may dispose of what it was given.
    const state = mapped(Object.fromEntries(held), (tensor) => tf.clone(tensor));
    stepping = true;
    try {
      return step(state, mapped(inputs, tensorOf));
    } finally {
      stepping = false;
    }
  };

  const runOnce = (step: Step, inputs: Values): Values => {
    for (const [name, value] of Object.entries(inputs)) checkValue("use", name, value);
    let values: Values = {}; // not the tidy's result: tfjs would look for tensors in every number of it
    tf.tidy(() => {
      const { state = {}, outputs } = applied(step, inputs);
      check(state);
      values = mapped(outputs, valueOf);
      // Copies share their numbers; made of all before any is held, because a step may hand one state to another.
      const next = mapped(state, (tensor) => tf.clone(tensor));
      for (const [name, tensor] of Object.entries(next)) hold(name, tensor);
    });
    return values;
  };

  return {
    get names() {
      return [...held.keys()];
    },
    put: async (name, value) => {
      checkValue("put", name, value);
      const own = { ...value, data: value.data.slice() } as Value; // the caller may change the numbers afterwards
      await turns.take(() => Promise.try(() => onBackend(() => put(name, own))));
    },
    get: (name) => turns.take(() => Promise.try(() => get(name))),
    compile: (step): Program => ({
      run: (inputs) => {
        if (stepping) {
          return Promise.reject(
            new OnesheetError("Cannot run a step inside another: run them one after the other"),
          );
        }
        return turns.take(async () => {
          await nextTurn(); // a step blocks the thread; between steps timers, signals and progress get their turn
          return onBackend(() => runOnce(step, inputs));
        });
      },
    }),
    [Symbol.dispose]: turns.close,
  };
}
