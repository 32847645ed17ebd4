/**
 * The wheels of the CUDA build of libtensorflow and of the CUDA 12.8 and cuDNN 9.10 libraries it needs, for Linux on
 * x86-64. Unpacked as a Python environment would have them, because libtensorflow looks for the libraries, and XLA for
 * ptxas and libdevice, at these places beside itself. Left out of what the wheel names as requirements: NCCL (several
 * GPUs), CUPTI (profiles of GPUs) and cuRAND, none of which one GPU's training opens.
 */
import type { Wheel } from "./wheel.ts";

/** Files that lie in the wheel where they are to lie in the build. */
const inPlace = (folder: string, names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [`${folder}/${name}`, `${folder}/${name}`]));

/** Small ones first: what is wrong with the way to the index shows early. */
export const cudaWheels: readonly Wheel[] = [
  {
    package: "nvidia-cuda-runtime-cu12",
    file: "nvidia_cuda_runtime_cu12-12.8.90-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "adade8dcbd0edf427b7204d480d6066d33902cab2a4707dcfc48a2d0fd44ab90",
    bytes: 954_765,
    files: inPlace("nvidia/cuda_runtime/lib", ["libcudart.so.12"]),
    unpacked: 728_800,
  },
  {
    package: "nvidia-nvjitlink-cu12",
    file: "nvidia_nvjitlink_cu12-12.8.93-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    sha256: "81ff63371a7ebd6e6451970684f916be2eab07321b73c9d244dc2b4da7f73b88",
    bytes: 39_254_836,
    files: inPlace("nvidia/nvjitlink/lib", ["libnvJitLink.so.12"]),
    unpacked: 94_101_392,
  },
  {
    package: "nvidia-cuda-nvcc-cu12",
    file: "nvidia_cuda_nvcc_cu12-12.8.93-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    sha256: "2d6dc36fb7cb5ac9c0b8825bc13d193c35487a315664007287d0126531238011",
    bytes: 40_128_098,
    files: inPlace("nvidia/cuda_nvcc", ["bin/ptxas", "nvvm/libdevice/libdevice.10.bc"]),
    unpacked: 32_397_092,
  },
  {
    package: "nvidia-cuda-nvrtc-cu12",
    file: "nvidia_cuda_nvrtc_cu12-12.8.93-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    sha256: "a7756528852ef889772a84c6cd89d41dfa74667e24cca16bb31f8f061e3e9994",
    bytes: 88_040_029,
    files: inPlace("nvidia/cuda_nvrtc/lib", ["libnvrtc-builtins.so.12.8", "libnvrtc.so.12"]),
    unpacked: 110_825_752,
  },
  {
    package: "nvidia-cufft-cu12",
    file: "nvidia_cufft_cu12-11.3.3.83-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "4d2dd21ec0b88cf61b62e6b43564355e5222e4a3fb394cac0db101f2dd0d4f74",
    bytes: 193_118_695,
    files: inPlace("nvidia/cufft/lib", ["libcufft.so.11"]),
    unpacked: 278_925_016,
  },
  {
    package: "nvidia-cusolver-cu12",
    file: "nvidia_cusolver_cu12-11.7.3.90-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "4376c11ad263152bd50ea295c05370360776f8c3427b30991df774f9fb26c450",
    bytes: 267_506_905,
    files: inPlace("nvidia/cusolver/lib", ["libcusolver.so.11"]),
    unpacked: 243_303_872,
  },
  {
    package: "nvidia-cusparse-cu12",
    file: "nvidia_cusparse_cu12-12.5.8.93-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    sha256: "1ec05d76bbbd8b61b06a80e1eaf8cf4959c3d4ce8e711b65ebd0443bb0ebb13b",
    bytes: 288_216_466,
    files: inPlace("nvidia/cusparse/lib", ["libcusparse.so.12"]),
    unpacked: 387_990_224,
  },
  {
    package: "tensorflow",
    file: "tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
    sha256: "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
    bytes: 572_440_367,
    files: inPlace("tensorflow", ["libtensorflow_framework.so.2", "libtensorflow_cc.so.2"]),
    unpacked: 1_259_021_080,
  },
  {
    package: "nvidia-cublas-cu12",
    file: "nvidia_cublas_cu12-12.8.4.1-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "8ac4e771d5a348c551b2a426eda6193c19aa630236b418086020df5ba9667142",
    bytes: 594_346_921,
    files: inPlace("nvidia/cublas/lib", ["libcublas.so.12", "libcublasLt.so.12"]),
    unpacked: 868_160_368,
  },
  {
    package: "nvidia-cudnn-cu12",
    file: "nvidia_cudnn_cu12-9.10.2.21-py3-none-manylinux_2_27_x86_64.whl",
    sha256: "949452be657fa16687d0930933f032835951ef0892b37d2d53824d1a84dc97a8",
    bytes: 706_758_467,
    files: inPlace("nvidia/cudnn/lib", [
      "libcudnn.so.9",
      "libcudnn_adv.so.9",
      "libcudnn_cnn.so.9",
      "libcudnn_engines_precompiled.so.9",
      "libcudnn_engines_runtime_compiled.so.9",
      "libcudnn_graph.so.9",
      "libcudnn_heuristic.so.9",
      "libcudnn_ops.so.9",
    ]),
    unpacked: 1_053_232_960,
  },
];
