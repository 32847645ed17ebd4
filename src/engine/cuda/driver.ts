/** NVIDIA's driver and its GPUs, by the CUDA driver API (cuda.h), which comes with the driver. */
import { readable } from "../../base/space.ts";
import { openNative, preload } from "../library.ts";
import { NoCuda } from "./reasons.ts";

/** A graphics processor. */
export interface Gpu {
  /** As its maker calls it. */
  readonly name: string;
  /** Memory in bytes. */
  readonly memory: number;
  /** Compute capability, such as `9.0`. */
  readonly capability: string;
}

/** A GPU as a person reads it. */
export const gpuText = ({ name, memory, capability }: Gpu): string =>
  `${name}, ${readable(memory)}, compute capability ${capability}`;

/** What the driver has. */
export interface Driver {
  /** The newest CUDA it knows, such as `12.4`. */
  readonly cuda: string;
  /** The GPUs that this process may use, in its order; at least one. */
  readonly gpus: readonly [Gpu, ...Gpu[]];
}

const I32 = "i32", B = "buffer";

const symbols = {
  cuInit: { parameters: ["u32"], result: I32 },
  cuDriverGetVersion: { parameters: [B], result: I32 },
  cuDeviceGetCount: { parameters: [B], result: I32 },
  cuDeviceGet: { parameters: [B, I32], result: I32 },
  cuDeviceGetName: { parameters: [B, I32, I32], result: I32 },
  cuDeviceTotalMem_v2: { parameters: [B, I32], result: I32 },
  cuDeviceGetAttribute: { parameters: [B, I32, I32], result: I32 },
} as const;

/** The functions of the driver that are called; each gives 0 or the number of an error. */
export type DriverCalls = {
  readonly [Name in keyof typeof symbols]: Deno.StaticForeignLibraryInterface<typeof symbols>[Name];
};

const NO_DEVICE = 100, MAJOR = 75, MINOR = 76;

/** The oldest driver release for the CUDA libraries that setup fetches, and the CUDA that it knows. */
const OLDEST = { release: "525", cuda: 12_000 };

const newer = `install NVIDIA's driver ${OLDEST.release} or newer`;

/** `12040` as `12.4`. */
const cudaText = (version: number): string => `${Math.floor(version / 1000)}.${version % 1000 / 10}`;

/** The number that a call writes to the address it is given. */
function written(what: string, call: (at: Int32Array<ArrayBuffer>) => number): number {
  const at = new Int32Array(1);
  const error = call(at);
  if (error === 0) return at[0];
  throw new NoCuda(`the NVIDIA driver answered ${what} with error ${error}`, "see whether nvidia-smi runs");
}

function gpuOf(calls: DriverCalls, index: number): Gpu {
  const device = written("cuDeviceGet", (at) => calls.cuDeviceGet(at, index));
  const name = new Uint8Array(256), memory = new BigUint64Array(1);
  written("cuDeviceGetName", () => calls.cuDeviceGetName(name, name.length, device));
  written("cuDeviceTotalMem", () => calls.cuDeviceTotalMem_v2(memory, device));
  const [major, minor] = [MAJOR, MINOR].map((attribute) =>
    written("cuDeviceGetAttribute", (at) => calls.cuDeviceGetAttribute(at, attribute, device))
  );
  return {
    name: new TextDecoder().decode(name.subarray(0, name.indexOf(0))),
    memory: Number(memory[0]),
    capability: `${major}.${minor}`,
  };
}

/**
 * Asks an open driver.
 *
 * @throws NoCuda when it is too old for CUDA 12, has no GPU for this process, or fails.
 */
export function askDriver(calls: DriverCalls): Driver {
  const version = written("cuDriverGetVersion", (at) => calls.cuDriverGetVersion(at));
  if (version < OLDEST.cuda) {
    throw new NoCuda(
      `the NVIDIA driver is too old: expected one for CUDA ${cudaText(OLDEST.cuda)}, found CUDA ${
        cudaText(version)
      }`,
      newer,
    );
  }
  const started = calls.cuInit(0);
  if (started !== NO_DEVICE) written("cuInit", () => started);
  const count = started === NO_DEVICE ? 0 : written("cuDeviceGetCount", (at) => calls.cuDeviceGetCount(at));
  const [first, ...rest] = Array.from({ length: count }, (_, i) => gpuOf(calls, i));
  if (first !== undefined) return { cuda: cudaText(version), gpus: [first, ...rest] };
  const visible = Deno.env.get("CUDA_VISIBLE_DEVICES");
  throw new NoCuda(
    "the NVIDIA driver shows no GPU to this process" +
      (visible === undefined ? "" : `, CUDA_VISIBLE_DEVICES is "${visible}"`),
    visible === undefined ? "see whether nvidia-smi lists one" : "unset it",
  );
}

/**
 * Opens the driver and asks it.
 *
 * @param path of the driver's library; the system knows where it is.
 * @throws NoCuda when there is no driver, or for one of the reasons of {@link askDriver}.
 */
export function readDriver(path = "libcuda.so.1"): Driver {
  if (Deno.build.os !== "linux") {
    throw new NoCuda(`CUDA is for Linux, not ${Deno.build.os}`, "use another machine");
  }
  const refused = preload([path]);
  if (refused !== undefined) {
    const missing = refused.reason.includes("No such file");
    throw new NoCuda(
      missing
        ? `this machine has no NVIDIA driver (${path})`
        : `the NVIDIA driver does not open (${refused.reason})`,
      newer,
    );
  }
  return askDriver(openNative(path, symbols));
}
