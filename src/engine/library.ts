/**
 * libtensorflow, opened: the only `Deno.dlopen` of the project. Everything native goes through here, is counted, and
 * turns a bad TF_Status into an exception.
 */
import { messageOf, OnesheetError } from "../base/errors.ts";
import { version } from "./setup/wheel.ts";
import { libraryFault } from "./shared_object.ts";
import { coreSymbols, frameworkSymbols, systemSymbols } from "./symbols.ts";

/** A native address; never null. */
export type Pointer = Deno.PointerObject;

type Symbols =
  & Deno.StaticForeignLibraryInterface<typeof coreSymbols>
  & Deno.StaticForeignLibraryInterface<typeof frameworkSymbols>;

/** The open library. */
export interface Library {
  readonly version: string;
  /** The C functions. */
  readonly c: Symbols;
  /** Native objects made and not yet deleted. */
  handles(): number;
  /** Counts a native object that was just made; a null address is an error. */
  made(what: string, pointer: Deno.PointerValue): Pointer;
  /** Counts a native object that was just deleted. */
  gone(): void;
  /** Runs a C call that reports through a TF_Status and throws its message when it failed. */
  checked<T>(what: string, call: (status: Pointer) => T): T;
  /** `checked` for a non-blocking call. */
  checkedAsync<T>(what: string, call: (status: Pointer) => Promise<T>): Promise<T>;
}

const encoder = new TextEncoder();
const names = new Map<string, Uint8Array<ArrayBuffer>>();

/** A zero-terminated string; names recur, so each is encoded once. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  let bytes = names.get(text);
  if (bytes === undefined) names.set(text, bytes = encoder.encode(text + "\0"));
  return bytes;
}

const text = (pointer: Deno.PointerValue): string =>
  pointer === null ? "" : new Deno.UnsafePointerView(pointer).getCString();

const release = version.replace(/\.\d+$/, "");

const refusal = (path: string, found: string, cause?: unknown): OnesheetError =>
  new OnesheetError(
    `Cannot open ${path}: expected libtensorflow ${release} for ${Deno.build.os} ${Deno.build.arch}, found ${found}; ` +
      "delete the folder it is in, or correct ONESHEET_TENSORFLOW, and run `deno task setup`, or use --engine portable",
    { cause },
  );

function dlopen<S extends Deno.ForeignLibraryInterface>(path: string, symbols: S): Deno.DynamicLibrary<S> {
  try {
    return Deno.dlopen(path, symbols);
  } catch (cause) {
    throw refusal(path, messageOf(cause), cause);
  }
}

/** The C library. */
const openSystem = () =>
  Deno.dlopen(Deno.build.os === "darwin" ? "libSystem.B.dylib" : "libc.so.6", systemSymbols).symbols;

/** Calls under way that do not hold up the event loop. */
let running = 0;

let watching = false;

/**
 * Ends the process at once where the program exits in the middle of a step: native threads would go on while the system
 * tears down what they use, and crash. Only on the main thread: a worker's end is not the process's.
 */
function watchExit(): void {
  if (watching || "WorkerGlobalScope" in globalThis) return;
  watching = true;
  const system = openSystem();
  addEventListener("unload", () => {
    if (running > 0) system._exit(Deno.exitCode);
  });
}

/** RTLD_NOW | RTLD_NODELETE */
const NOW_AND_FOR_GOOD = Deno.build.os === "darwin" ? 0x82 : 0x1002;

/**
 * Loads libraries for the life of the process, in silence: unloading libtensorflow when the program ends crashes it,
 * and its static initializers write to standard error before any log level can be set. Workers take turns, otherwise
 * one would find standard error silenced by another and leave it so; their lock is that of C's stdin, which nothing
 * else here reads.
 */
function pin(paths: readonly string[]): void {
  const system = openSystem();
  const STDERR = 2, WRITE_ONLY = 1;
  const turn = new Deno.UnsafePointerView(system.stdin!).getPointer();
  system.flockfile(turn);
  const kept = system.dup(STDERR);
  const nowhere = system.open(cString("/dev/null"), WRITE_ONLY);
  system.dup2(nowhere, STDERR);
  for (const path of paths) system.dlopen(cString(path), NOW_AND_FOR_GOOD);
  system.dup2(kept, STDERR);
  system.close(nowhere);
  system.close(kept);
  system.funlockfile(turn);
}

/** A library that does not open. */
export interface Refused {
  readonly path: string;
  /** The system's own sentence. */
  readonly reason: string;
}

/**
 * Loads libraries for the life of the process, in this order; others then find them by their name alone. Gives the
 * first that does not open.
 */
export function preload(paths: readonly string[]): Refused | undefined {
  pin(paths);
  for (const path of paths) {
    try {
      Deno.dlopen(path, {});
    } catch (error) {
      return { path, reason: messageOf(error).replaceAll("Could not open library: ", "") };
    }
  }
}

/** The functions of a library that is open already. */
export const openNative = <S extends Deno.ForeignLibraryInterface>(
  path: string,
  symbols: S,
): Deno.StaticForeignLibraryInterface<S> => Deno.dlopen(path, symbols).symbols;

/** Opens the two shared libraries of libtensorflow. */
export function openLibrary(paths: { readonly framework: string; readonly core: string }): Library {
  for (const path of [paths.framework, paths.core]) {
    const fault = libraryFault(path);
    if (fault !== undefined) throw refusal(path, fault);
  }
  if (Deno.env.get("TF_CPP_MIN_LOG_LEVEL") === undefined) Deno.env.set("TF_CPP_MIN_LOG_LEVEL", "2");
  pin([paths.framework, paths.core]);
  const framework = dlopen(paths.framework, frameworkSymbols).symbols;
  const core = dlopen(paths.core, coreSymbols).symbols;
  const c = { ...framework, ...core } as Symbols;
  const found = text(c.TF_Version());
  if (!found.startsWith(`${release}.`)) throw refusal(paths.core, `version ${found || "unknown"}`);
  watchExit();
  let handles = 0;

  const made = (what: string, pointer: Deno.PointerValue): Pointer => {
    if (pointer === null) throw new OnesheetError(`Cannot make a ${what}: libtensorflow returned nothing`);
    handles++;
    return pointer;
  };
  const gone = () => {
    handles--;
  };
  const check = (what: string, status: Pointer) => {
    if (c.TF_GetCode(status) !== 0) {
      throw new OnesheetError(`Cannot run ${what}: ${text(c.TF_Message(status))}`);
    }
  };
  const free = (status: Pointer) => {
    c.TF_DeleteStatus(status);
    gone();
  };
  return {
    version: found,
    c,
    handles: () => handles,
    made,
    gone,
    checked: (what, call) => {
      const status = made("status", c.TF_NewStatus());
      try {
        const result = call(status);
        check(what, status);
        return result;
      } finally {
        free(status);
      }
    },
    checkedAsync: async (what, call) => {
      const status = made("status", c.TF_NewStatus());
      running++;
      try {
        const result = await call(status);
        check(what, status);
        return result;
      } finally {
        running--;
        free(status);
      }
    },
  };
}
