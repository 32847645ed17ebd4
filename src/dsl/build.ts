/** From a model function to a model: its arrays by name, and a pure forward pass. */
import { keyed } from "../base/random.ts";
import { OnesheetError } from "../base/errors.ts";
import { type Tensor, type Tensors, tf } from "../tensor.ts";
import type { Node, Param, Run, Scope, Shape } from "./node.ts";
import { newRegistry, openScope } from "./scope.ts";
import { showShape } from "./shape.ts";

/** What is made small in training beside the loss of the logits, times a weight. */
export type AuxiliaryLoss =
  & { readonly weight: number }
  & (
    /** The recipe's loss of other logits on the same labels. */
    | { readonly logits: Node }
    /** The mean of a value. */
    | { readonly value: Node }
  );

/** What a model gives that has losses of its own. */
export interface Outputs {
  /** Of the labels, `[batch, labels]`. */
  readonly logits: Node;
  /** By name; training alone computes them. */
  readonly losses: Readonly<Record<string, AuxiliaryLoss>>;
}

/** A model function: symbolic inputs by name, and the root of the names. Gives the logits, or them with losses. */
export type ModelFunction<Name extends string = string> = (
  inputs: Readonly<Record<Name, Node>>,
  at: Scope,
) => Node | Outputs;

/** How a forward pass is run. */
export interface ApplyOptions {
  /** Whether norms use the batch's statistics and dropout is live. */
  readonly training: boolean;
  /** An int32 scalar that all random numbers of a training pass depend on; without it nothing is dropped. */
  readonly seed?: Tensor;
}

/** What a forward pass gives. */
export interface Applied {
  /** The value of the model's last node. */
  readonly output: Tensor;
  /** In training, the values of the auxiliary losses' nodes, by name. */
  readonly auxiliary: Tensors;
  /** Next values of buffers, by name. */
  readonly updates: Tensors;
}

/** A model that was built: no tensor exists yet. */
export interface Model {
  /** In the order of declaration. */
  readonly params: readonly Param[];
  /** Modules registered twice: what lies under `home` is in a state_dict under `alias`, too. */
  readonly aliases: readonly (readonly [alias: string, home: string])[];
  /** Shapes of the inputs, by name. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** Names of the inputs that the nodes depend on. */
  readonly reads: readonly string[];
  /** In the order of computation, those that training alone needs included. */
  readonly nodes: readonly Node[];
  /** What the model function gave: the logits. */
  readonly output: Node;
  /** Losses that the model function gave, by name. */
  readonly losses: Outputs["losses"];
  /**
   * The forward pass: the same function whether run at once or traced. An input that is not given is looked for under
   * its name among the params. Changes nothing. Call it in a step that a memory compiles, which also gives intermediate
   * tensors back.
   */
  apply(params: Tensors, inputs: Tensors, options: ApplyOptions): Applied;
}

/** Every node the outputs need, each after its inputs. */
function ordered(outputs: readonly Node[]): Node[] {
  const seen = new Set<Node>();
  const order: Node[] = [];
  const visit = (node: Node) => {
    if (seen.has(node)) return;
    seen.add(node);
    node.inputs.forEach(visit);
    order.push(node);
  };
  outputs.forEach(visit);
  return order;
}

/** Stands for a value that each pass is given. */
const inputNode = (name: string, shape: Shape): Node => ({
  path: name,
  shape,
  inputs: [],
  params: [],
  run: () => {
    throw new OnesheetError(`Cannot run the model: expected an input "${name}", found none`);
  },
});

/** The value of a node, when it has the shape that the node claims. */
function checked({ path, shape: claimed }: Node, value: Tensor): Tensor {
  const { shape } = value;
  if (shape.length === claimed.length && claimed.every((d, i) => typeof d === "string" || d === shape[i])) {
    return value;
  }
  throw new OnesheetError(
    `Cannot run "${path}": expected a value of shape ${showShape(claimed)}, found ${showShape(shape)}`,
  );
}

/** The arrays a node computes with. */
const arraysOf = ({ path, params }: Node, given: Tensors): Tensor[] =>
  params.map(({ name }) => {
    if (given[name] !== undefined) return given[name];
    throw new OnesheetError(`Cannot run "${path}": expected an array "${name}", found none`);
  });

/**
 * Builds a model. Shapes are checked here, before any tensor exists.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { build, linear, relu } from "../../mod.ts";
 * const model = build(({ x }, at) => linear(2)(relu(linear(8)(x, at("hidden"))), at("output")), { x: ["batch", 3] });
 * assertEquals(model.params.map((param) => param.name).join(), "hidden.weight,hidden.bias,output.weight,output.bias");
 * ```
 *
 * @param model the model function
 * @param inputs shapes of its inputs, by name
 */
export function build<Name extends string>(
  model: ModelFunction<Name>,
  inputs: Readonly<Record<Name, Shape>>,
): Model {
  const registry = newRegistry();
  const given = Object.fromEntries(
    Object.entries<Shape>(inputs).map(([name, shape]) => [name, inputNode(name, shape)]),
  ) as Record<Name, Node>;
  const made = model(given, openScope(registry));
  const { logits: output, losses } = "logits" in made ? made : { logits: made, losses: {} };
  const auxiliary = Object.entries(losses).map(([name, loss]) =>
    [name, "logits" in loss ? loss.logits : loss.value] as const
  );
  const needed = ordered([output]);
  const nodes = ordered([output, ...auxiliary.map(([, node]) => node)]);

  const apply = (params: Tensors, tensors: Tensors, { training, seed }: ApplyOptions): Applied => {
    const updates: Record<string, Tensor> = {};
    const drawn = new Set<string>();
    const run: Run = {
      training,
      seed: (path) => {
        if (drawn.has(path)) {
          throw new OnesheetError(
            `Cannot run "${path}": two layers would draw the same random numbers there; give each a name of its own`,
          );
        }
        drawn.add(path);
        return training && seed !== undefined ? tf.stack([seed, tf.scalar(keyed(path), "int32")]) : undefined;
      },
      update: (buffer, value) => {
        updates[buffer.name] = value;
      },
    };
    const values = new Map<Node, Tensor>();
    for (const [name, node] of Object.entries<Node>(given)) {
      const value = tensors[name] ?? params[name];
      if (value !== undefined) values.set(node, checked(node, value));
    }
    for (const node of training ? nodes : needed) {
      if (values.has(node)) continue;
      const inputs = node.inputs.map((input) => values.get(input)!);
      values.set(node, checked(node, node.run(inputs, arraysOf(node, params), run)));
    }
    const others = training ? auxiliary : [];
    return {
      output: values.get(output)!,
      auxiliary: Object.fromEntries(others.map(([name, node]) => [name, values.get(node)!])),
      updates,
    };
  };
  const reads = Object.entries<Node>(given).flatMap(([name, node]) => nodes.includes(node) ? [name] : []);
  return {
    params: [...registry.params.values()],
    aliases: registry.aliases,
    inputs,
    reads,
    nodes,
    output,
    losses,
    apply,
  };
}
