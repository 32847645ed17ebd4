/** Scopes: the tree of names under which layers declare their arrays. */
import type { Param, Scope } from "./node.ts";
import { ShapeError, showShape } from "./shape.ts";

/** Everything that was declared while a model was built. */
export interface Registry {
  readonly params: Map<string, Param>;
  /** Paths of the scopes and arrays there are. */
  readonly taken: Set<string>;
  /** Module prefixes: what lies under `home.` is in a state_dict under `alias.`, too. */
  readonly aliases: [alias: string, home: string][];
}

/** An empty registry. */
export const newRegistry = (): Registry => ({ params: new Map(), taken: new Set(), aliases: [] });

/** Opens a scope on a registry. */
export function openScope(registry: Registry, path = ""): Scope {
  const claim = (name: string | number) => {
    const claimed = path === "" ? `${name}` : `${path}.${name}`;
    if (registry.taken.has(claimed)) {
      throw new ShapeError(`Cannot build "${claimed}": the name is already taken; give each layer its own`);
    }
    registry.taken.add(claimed);
    return claimed;
  };
  const declare = (param: Omit<Param, "name"> & { name: string }): Param => {
    const named = { ...param, name: claim(param.name) };
    if (!param.shape.every((size) => Number.isInteger(size) && size > 0)) {
      throw new ShapeError(
        `Cannot build "${named.name}": expected whole sizes of at least 1, found ${showShape(param.shape)}`,
      );
    }
    registry.params.set(named.name, named);
    return named;
  };
  const child = (name: string | number): Scope => openScope(registry, claim(name));
  return Object.assign(
    child,
    {
      path,
      weight: (name, shape, init, layout) =>
        declare({ name, shape, init, kind: "weight", dtype: "float32", ...(layout && { layout }) }),
      buffer: (name, shape, init, dtype = "float32") => declare({ name, shape, init, kind: "buffer", dtype }),
      node: (inputs, params, shape, run) => ({ path, inputs, params, shape, run }),
      alias: (home) => void registry.aliases.push([path, home.path]),
      fail: (reason) => {
        throw new ShapeError(`Cannot build ${path === "" ? "the model" : `"${path}"`}: ${reason}`);
      },
    } satisfies Omit<Scope, never>,
  ) as Scope;
}
