/** Scopes: the tree of names under which layers declare their arrays. */
import type { Param, Scope } from "./node.ts";
import { ShapeError } from "./shape.ts";

/** Everything that was declared while a model was built. */
export interface Registry {
  readonly params: Map<string, Param>;
  /** Module prefixes: what lies under `home.` is in a state_dict under `alias.`, too. */
  readonly aliases: [alias: string, home: string][];
}

/** An empty registry. */
export const newRegistry = (): Registry => ({ params: new Map(), aliases: [] });

/** Opens a scope on a registry. */
export function openScope(registry: Registry, path = ""): Scope {
  const taken = new Set<string>();
  const join = (name: string | number) => path === "" ? `${name}` : `${path}.${name}`;
  const claim = (name: string | number) => {
    if (taken.has(`${name}`)) {
      throw new ShapeError(
        `Cannot build "${join(name)}": the name is already taken; give each layer its own`,
      );
    }
    taken.add(`${name}`);
    return join(name);
  };
  const declare = (param: Omit<Param, "name"> & { name: string }): Param => {
    const named = { ...param, name: claim(param.name) };
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
        throw new ShapeError(`Cannot build "${path}": ${reason}`);
      },
    } satisfies Omit<Scope, never>,
  ) as Scope;
}
