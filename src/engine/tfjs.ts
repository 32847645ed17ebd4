/**
 * The one door to tfjs. Every part is loaded as CommonJS: the package's ES modules are a second registry of kernels
 * and gradients, and the Node kernels are CommonJS only. Two copies of this library in one process, as where a recipe
 * imports its own clone's `mod.ts`, share the tfjs of the first: its registries are global, so a second tfjs would
 * register every kernel again.
 */
import { createRequire } from "node:module";
import util from "node:util";
import type * as Tfjs from "@tensorflow/tfjs";
import { OnesheetError } from "../base/errors.ts";
import { version } from "../base/version.ts";

interface Shared {
  /** Of the copy that loaded it, and where that is. */
  readonly version: string;
  readonly home: string;
  readonly require: NodeJS.Require;
  readonly tf: typeof Tfjs;
}

function load(): Shared {
  // tfjs-node-gpu 4.22 calls two helpers that Deno and Node 23 no longer have.
  const helpers = util as unknown as Record<string, unknown>;
  helpers.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  helpers.isArray ??= Array.isArray;
  const require = createRequire(import.meta.url);
  return { version, home, require, tf: require("@tensorflow/tfjs") };
}

const home = new URL("../../", import.meta.url).href;
const inProcess = globalThis as { [key: symbol]: Shared | undefined };
const shared = inProcess[Symbol.for("onesheet.tfjs")] ??= load();
if (shared.version !== version) {
  throw new OnesheetError(
    `Cannot use two versions of Onesheet in one process: expected ${shared.version} as in "${shared.home}", found ` +
      `${version} in "${home}"; run a recipe by the commands of the copy that it imports`,
  );
}

/** `require`, resolved from the copy of this library that loaded tfjs. */
export const require: NodeJS.Require = shared.require;

/** tfjs: operations, gradients, registries. */
export const tf: typeof Tfjs = shared.tf;
