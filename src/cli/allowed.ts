/**
 * Prints what the tasks of deno.json allow themselves that depends on the machine and on where a person stands, as
 * Deno's flags take it: `deno task allowed write net`.
 */
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { cacheFolder } from "../base/cache.ts";
import { usualPlaces } from "../data/places.ts";

/** Where the Hugging Face hub is and keeps large files. */
const HUB = ["huggingface.co", "*.huggingface.co", "*.hf.co"];

/** Where `--watch-port` shows a run; `train` gives up all of it but the port before it reads the recipe. */
export const LOOPBACK = "127.0.0.1";

/** Variables that say what is where; those of `allowed` itself. */
const PLACES = ["INIT_CWD", "ONESHEET_*", "HF_*", "XDG_CACHE_HOME", "LOCALAPPDATA"];

/** Variables for libtensorflow's log level and GPUs, and those that sharp and imagescript ask for. */
const NATIVE = [
  "TF_CPP_MIN_LOG_LEVEL",
  "CUDA_VISIBLE_DEVICES",
  "MALLOC_ARENA_MAX",
  "npm_package_config_libvips",
  "IMAGESCRIPT_WASM_SIMD",
];

/** What sharp reads to learn which C library the system has; otherwise it would ask for the network's interfaces. */
const LDD = "/usr/bin/ldd";

/** Variables that say where Python packages are from. */
const PIP = ["PIP_*", "UV_DEFAULT_INDEX", "XDG_CONFIG_HOME"];

/** Lists by name; `variable` looks up the environment. */
export function allowed(
  variable: (name: string) => string | undefined,
): Readonly<Record<string, readonly string[]>> {
  const here = variable("INIT_CWD") ?? Deno.cwd();
  const named = (name: string): string[] =>
    (variable(name) ?? "").split(delimiter).filter((path) => path !== "").map((path) =>
      isAbsolute(path) ? path : resolve(here, path)
    );
  const cache = [cacheFolder(variable)], write = [join(here, "runs"), ...named("ONESHEET_WRITE"), ...cache];
  const { hub } = usualPlaces(variable);
  return {
    cache,
    write,
    read: [Deno.cwd(), here, ...write, ...named("ONESHEET_READ"), ...named("ONESHEET_TENSORFLOW"), LDD],
    watch: [LOOPBACK],
    net: [...new Set([new URL(hub).hostname, ...HUB])],
    listen: [
      LOOPBACK,
      "localhost",
      "[::1]",
      ...[variable("ONESHEET_HOST") ?? ""].filter((host) => host !== ""),
    ],
    env: [...PLACES, ...NATIVE],
    pip: [...PLACES, ...PIP],
    deno: [Deno.execPath()],
  };
}

if (import.meta.main) {
  const lists = allowed((name) => Deno.env.get(name));
  // A comma inside of a path is doubled.
  console.log(Deno.args.flatMap((name) => lists[name]).map((each) => each.replaceAll(",", ",,")).join(","));
}
