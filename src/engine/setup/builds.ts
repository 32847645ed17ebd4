/** The builds of libtensorflow that can be set up. */
import { cudaWheels } from "./cuda_wheels.ts";
import { cpuWheels, platform, version, type Wheel } from "./wheel.ts";

/** For the CPU alone, or for CUDA too. */
export type BuildName = "cpu" | "cuda";

/** A build of libtensorflow: from what it is unpacked, and where to. */
export interface Build {
  readonly name: BuildName;
  /** Its folder in the cache folder; named by everything that is pinned. */
  readonly folder: string;
  readonly wheels: readonly Wheel[];
}

/** Where each lies in the cache folder. */
export const folders: Readonly<Record<BuildName, string>> = {
  cpu: `tensorflow-${version}`,
  cuda: `tensorflow-${version}-cuda-12.8-cudnn-9.10`,
};

const wheels: Readonly<Record<BuildName, Readonly<Record<string, readonly Wheel[]>>>> = {
  cpu: cpuWheels,
  cuda: { "linux x86_64": cudaWheels },
};

/** The platforms a build is there for. */
export const platformsOf = (name: BuildName): readonly string[] => Object.keys(wheels[name]);

/** A build for this machine; undefined where there is none. */
export function buildHere(name: BuildName): Build | undefined {
  const found = wheels[name][platform];
  return found && { name, folder: folders[name], wheels: found };
}
