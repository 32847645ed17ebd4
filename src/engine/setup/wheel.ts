/** The Python wheels that carry libtensorflow for the CPU, pinned by hash. A wheel is a zip file; no Python is needed to use it. */

/** The TensorFlow release the engine is written for. */
export const version = "2.21.0";

/** One file of a Python package index. */
export interface Wheel {
  /** The package's name in the index. */
  readonly package: string;
  /** `name-version-python-abi-platform.whl` (PEP 427). */
  readonly file: string;
  /** Of the whole file, in hexadecimal. */
  readonly sha256: string;
  /** Size of the file. */
  readonly bytes: number;
  /** The files to take from it: where each goes, by its name in the wheel. */
  readonly files: Readonly<Record<string, string>>;
  /** Size of these files, unpacked. */
  readonly unpacked: number;
}

/** File names of the two libraries; they lie in the wheel's folder `tensorflow/`. */
export const libraryNames: { readonly core: string; readonly framework: string } = Deno.build.os === "darwin"
  ? { core: "libtensorflow_cc.2.dylib", framework: "libtensorflow_framework.2.dylib" }
  : { core: "libtensorflow_cc.so.2", framework: "libtensorflow_framework.so.2" };

const files: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(libraryNames).map((name) => [`tensorflow/${name}`, name]),
);

/**
 * By operating system and processor; none of them holds CUDA. The two libraries do not depend on the Python version in
 * the name.
 */
export const cpuWheels: Readonly<Record<string, readonly Wheel[]>> = {
  "linux x86_64": [{
    package: "tensorflow-cpu",
    file: "tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    bytes: 273_829_956,
    files,
    unpacked: 853_308_936,
  }],
  "linux aarch64": [{
    package: "tensorflow",
    file: "tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl",
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    bytes: 281_828_020,
    files,
    unpacked: 883_062_208,
  }],
  "darwin aarch64": [{
    package: "tensorflow",
    file: "tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl",
    sha256: "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
    bytes: 223_405_849,
    files,
    unpacked: 740_805_624,
  }],
};

/** This machine, as the table of wheels names it: operating system and processor. */
export const platform: string = `${Deno.build.os} ${Deno.build.arch}`;
