/** What each task may do, as Deno's flags: some of it depends on the machine and on where a person stands. */
import { delimiter, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../base/cache.ts";
import { OnesheetError } from "../base/errors.ts";
import { expanded, fromHome } from "../base/user_path.ts";
import { usualPlaces } from "../data/places.ts";

/** What a process may do; `true` is anything of a kind, a kind that is left out is nothing. */
export interface Rights {
  readonly read: true | readonly string[];
  readonly write?: readonly string[];
  readonly net?: true | readonly string[];
  /** Variables that may be read. */
  readonly env: readonly string[];
  readonly sys?: readonly string[];
  readonly run?: readonly string[];
  /** Native code. */
  readonly ffi?: true;
  /** Files that may not be read, wherever they are. */
  readonly unreadable?: readonly string[];
}

/** Looks up a variable of the environment. */
export type Variable = (name: string) => string | undefined;

/** The root of the project. */
export const project: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** Where the Hugging Face hub is and keeps large files. */
const HUB = ["huggingface.co", "*.huggingface.co", "*.hf.co"];

/** Where the hub has large files sent to: its buckets at Amazon. */
const STORES = [
  "hf-hub-lfs-us-east-1.s3-accelerate.amazonaws.com",
  "hf-hub-lfs-us-east-1.s3.amazonaws.com",
  "hf-hub-lfs-eu-west-1.s3-accelerate.amazonaws.com",
  "hf-hub-lfs-eu-west-1.s3.amazonaws.com",
];

/** Where `--watch-port` shows a run; `train` gives up all of it but the port before it reads the recipe. */
export const LOOPBACK = "127.0.0.1";

/** Variables that say what is where. */
const PLACES = ["INIT_CWD", "ONESHEET_*", "HF_*", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"];

/** Those of Hugging Face's tools that hold paths, which may name other variables. */
const PATHS = ["HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN_PATH"];

/** Variables for libtensorflow's log level and GPUs, and those that sharp and imagescript ask for. */
export const NATIVE: readonly string[] = [
  "TF_CPP_MIN_LOG_LEVEL",
  "CUDA_VISIBLE_DEVICES",
  "MALLOC_ARENA_MAX",
  "npm_package_config_libvips",
  "IMAGESCRIPT_WASM_SIMD",
];

/** What sharp reads to learn which C library the system has; otherwise it would ask for the network's interfaces. */
export const LDD = "/usr/bin/ldd";

/** Variables that say where Python packages are from. */
const PIP = ["PIP_*", "UV_DEFAULT_INDEX", "XDG_CONFIG_HOME"];

/** Where the person stands who gave the command. */
export const hereOf = (variable: Variable): string => variable("INIT_CWD") || Deno.cwd();

/** The paths that a variable lists, as in `PATH`. */
export const listed = (variable: Variable, name: string): string[] =>
  (variable(name) ?? "").split(delimiter).filter((path) => path !== "").map((path) =>
    resolve(hereOf(variable), fromHome(path))
  );

/** The paths of Hugging Face's tools without names of variables, which a task may not read. */
export const plainPaths = (variable: Variable): Readonly<Record<string, string>> =>
  Object.fromEntries(PATHS.flatMap((name) => {
    const path = variable(name);
    return path ? [[name, expanded(path, variable)]] : [];
  }));

/** The host of the hub. */
function hubOf(variable: Variable): string {
  const { hub } = usualPlaces(variable), { hostname } = URL.parse(hub) ?? {};
  if (hostname) return hostname;
  throw new OnesheetError(
    `Cannot use HF_ENDPOINT: expected an address such as https://huggingface.co, found "${hub}"`,
    { exitCode: 2 },
  );
}

/** What each task may do, by name. */
export function rights(variable: Variable): Readonly<Record<string, Rights>> {
  const cache = [cacheFolder(variable)];
  const write = [join(hereOf(variable), "runs"), ...listed(variable, "ONESHEET_WRITE"), ...cache];
  const hosts = (variable("ONESHEET_NET") ?? "").split(",").map((host) => host.trim()).filter((host) => host);
  const hub = [...new Set([hubOf(variable), ...HUB, ...hosts])];
  const host = variable("ONESHEET_HOST") ?? "";
  const listen = [LOOPBACK, "localhost", "[::1]", ...host === "" ? [] : [host]];
  const engine = { read: true, env: [...PLACES, ...NATIVE], ffi: true, sys: ["homedir", "cpus"] } as const;
  return {
    train: { ...engine, write, net: [...hub, LOOPBACK] },
    evaluate: { ...engine, write: cache, net: hub },
    compare: { ...engine, write, net: hub },
    report: { ...engine, write },
    predict: { ...engine, write },
    serve: { ...engine, net: listen },
    export: { ...engine, write, net: [...hub, ...STORES] },
    push: { read: true, env: PLACES, net: [...hub, ...STORES], sys: ["homedir"] },
    parity: engine,
    doctor: { ...engine, write: cache, run: [Deno.execPath()] },
    setup: {
      read: true,
      write: cache,
      net: true,
      run: ["python3"],
      env: [...PLACES, ...PIP],
      sys: ["homedir"],
    },
  };
}

/**
 * A path as a flag can name it: in Deno's lists a comma divides, and nothing escapes it. Seen from the folder that the
 * process starts in, most paths have none.
 */
function nameable(path: string, folder: string): string {
  const near = path.includes(",") ? relative(folder, path) || "." : path;
  if (!near.includes(",")) return near;
  throw new OnesheetError(
    `Cannot permit "${path}" to be used: Deno's flags take no comma; give the command inside the folder that has one ` +
      "in its name, or use another",
    { exitCode: 2 },
  );
}

/** Rights as the flags of a process that starts in `folder`. */
export function flagsOf(rights: Rights, folder: string): string[] {
  const paths = (names: readonly string[]) => names.map((path) => nameable(path, folder));
  const flag = (name: string, value: true | readonly string[] = []): string[] =>
    value === true ? [`--${name}`] : value.length === 0 ? [] : [`--${name}=${[...new Set(value)].join(",")}`];
  const { read, write, net, env, sys, run, ffi, unreadable } = rights;
  return [
    ...flag("allow-read", read === true ? read : paths(read)),
    ...flag("deny-read", unreadable && paths(unreadable)),
    ...flag("allow-write", write && paths(write)),
    ...flag("allow-net", net),
    ...flag("allow-env", env),
    ...flag("allow-sys", sys),
    ...flag("allow-run", run && paths(run)),
    ...flag("allow-ffi", ffi),
  ];
}
