/** What the driver says, by functions that stand for it: nothing here needs a GPU. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { askDriver, type DriverCalls, gpuText, readDriver } from "../../../src/engine/cuda/driver.ts";
import { NoCuda } from "../../../src/engine/cuda/reasons.ts";

interface Machine {
  readonly version?: number;
  /** What cuInit answers. */
  readonly started?: number;
  readonly gpus?: readonly { name: string; memory: number; capability: readonly [number, number] }[];
  /** What every question about a GPU answers. */
  readonly failing?: number;
}

/** The driver of a machine. */
function calls({ version = 12_040, started = 0, gpus = [], failing = 0 }: Machine): DriverCalls {
  const write = (at: unknown, value: number) => {
    (at as Int32Array)[0] = value;
    return failing;
  };
  return {
    cuDriverGetVersion: (at) => (write(at, version), 0),
    cuInit: () => started,
    cuDeviceGetCount: (at) => write(at, gpus.length),
    cuDeviceGet: (at, index) => write(at, 10 + index),
    cuDeviceGetName: (at, length, device) => {
      const name = new TextEncoder().encode(`${gpus[device - 10].name}\0left over`);
      (at as Uint8Array).set(name.subarray(0, length));
      return failing;
    },
    cuDeviceTotalMem_v2: (at, device) => {
      (at as unknown as BigUint64Array)[0] = BigInt(gpus[device - 10].memory);
      return failing;
    },
    cuDeviceGetAttribute: (at, attribute, device) =>
      write(at, gpus[device - 10].capability[attribute === 75 ? 0 : 1]),
  };
}

const large = { name: "NVIDIA H100 80GB HBM3", memory: 85_029_158_912, capability: [9, 0] } as const;
const small = { name: "NVIDIA GeForce RTX 3060", memory: 12_622_168_064, capability: [8, 6] } as const;

Deno.test("the driver tells its CUDA and every GPU in order", () => {
  const { cuda, gpus } = askDriver(calls({ gpus: [large, small] }));
  assertEquals(cuda, "12.4");
  assertEquals(gpus, [{ ...large, capability: "9.0" }, { ...small, capability: "8.6" }]);
  assertEquals(gpuText(gpus[1]), "NVIDIA GeForce RTX 3060, 12.62 GB, compute capability 8.6");
});

const refused = (machine: Machine, reason: string, wayOut: string) => {
  const error = assertThrows(() => askDriver(calls(machine)), NoCuda);
  assert(error.message.startsWith(`Cannot use CUDA: ${reason}`), error.message);
  assert(error.message.endsWith(`; ${wayOut}, or use --engine tensorflow`), error.message);
};

Deno.test("each thing that is wrong with a driver has a sentence of its own", () => {
  const old = "the NVIDIA driver is too old: expected one for CUDA 12.0, found CUDA 11.4";
  refused({ version: 11_040, gpus: [large] }, old, "install NVIDIA's driver 525 or newer");
  const visible = Deno.env.get("CUDA_VISIBLE_DEVICES");
  const wayOut = visible === undefined ? "see whether nvidia-smi lists one" : "unset it";
  refused({ started: 100 }, "the NVIDIA driver shows no GPU to this process", wayOut);
  refused({ gpus: [] }, "the NVIDIA driver shows no GPU to this process", wayOut);
  const runs = "see whether nvidia-smi runs";
  refused({ started: 804, gpus: [large] }, "the NVIDIA driver answered cuInit with error 804", runs);
  refused(
    { failing: 999, gpus: [large] },
    "the NVIDIA driver answered cuDeviceGetCount with error 999",
    runs,
  );
});

Deno.test({
  name: "a driver that is not there and one that does not open are told apart",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const path = join(folder, "libcuda.so.1");
      assertThrows(() => readDriver(path), NoCuda, `this machine has no NVIDIA driver (${path});`);
      await Deno.writeTextFile(path, "no library");
      assertThrows(() => readDriver(path), NoCuda, `the NVIDIA driver does not open (${path}: `);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
