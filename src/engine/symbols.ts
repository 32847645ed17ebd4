/** The part of TensorFlow's C API (c_api.h, c_api_eager.h) that the engine calls, as Deno FFI signatures. */

const P = "pointer", B = "buffer", I32 = "i32", I64 = "i64", U64 = "usize", V = "void";
/** `TF_Output { TF_Operation* oper; int index; }`, passed by value. */
const OUTPUT = { struct: ["pointer", "i32"] } as const;

/** In libtensorflow_framework: statuses, buffers, tensors. */
export const frameworkSymbols = {
  TF_NewStatus: { parameters: [], result: P },
  TF_DeleteStatus: { parameters: [P], result: V },
  TF_GetCode: { parameters: [P], result: I32 },
  TF_Message: { parameters: [P], result: P },
  TF_NewBuffer: { parameters: [], result: P },
  TF_NewBufferFromString: { parameters: [B, U64], result: P },
  TF_DeleteBuffer: { parameters: [P], result: V },
  TF_AllocateTensor: { parameters: [I32, B, I32, U64], result: P },
  TF_DeleteTensor: { parameters: [P], result: V },
  TF_TensorData: { parameters: [P], result: P },
  TF_TensorByteSize: { parameters: [P], result: U64 },
  TF_TensorType: { parameters: [P], result: I32 },
  TF_NumDims: { parameters: [P], result: I32 },
  TF_Dim: { parameters: [P, I32], result: I64 },
  /** tsl::enable_tensor_float_32_execution(bool): the C API has no name for it. */
  enableTf32: {
    name: "_ZN3tsl32enable_tensor_float_32_executionEb",
    parameters: ["u8"],
    result: V,
    optional: true,
  },
} as const;

/** In libtensorflow_cc: graphs, sessions, eager execution. */
export const coreSymbols = {
  TF_Version: { parameters: [], result: P },

  TF_NewGraph: { parameters: [], result: P },
  TF_DeleteGraph: { parameters: [P], result: V },
  TF_NewOperation: { parameters: [P, B, B], result: P },
  TF_FinishOperation: { parameters: [P, P], result: P },
  TF_AddInput: { parameters: [P, OUTPUT], result: V },
  TF_AddInputList: { parameters: [P, B, I32], result: V },
  TF_AddControlInput: { parameters: [P, P], result: V },
  TF_SetAttrString: { parameters: [P, B, B, U64], result: V },
  TF_SetAttrInt: { parameters: [P, B, I64], result: V },
  TF_SetAttrIntList: { parameters: [P, B, B, I32], result: V },
  TF_SetAttrFloat: { parameters: [P, B, "f32"], result: V },
  TF_SetAttrBool: { parameters: [P, B, "u8"], result: V },
  TF_SetAttrType: { parameters: [P, B, I32], result: V },
  TF_SetAttrTypeList: { parameters: [P, B, B, I32], result: V },
  TF_SetAttrFuncName: { parameters: [P, B, B, U64], result: V },
  TF_SetAttrShape: { parameters: [P, B, B, I32], result: V },
  TF_SetAttrTensor: { parameters: [P, B, P, P], result: V },
  TF_OperationName: { parameters: [P], result: P },
  TF_GraphToGraphDef: { parameters: [P, P, P], result: V },
  TF_OperationOutputType: { parameters: [OUTPUT], result: I32 },
  TF_GraphSetTensorShape: { parameters: [P, OUTPUT, B, I32, P], result: V },
  TF_GraphGetTensorNumDims: { parameters: [P, OUTPUT, P], result: I32 },
  TF_GraphGetTensorShape: { parameters: [P, OUTPUT, B, I32, P], result: V },

  TF_GraphToFunction: {
    parameters: [P, B, "u8", I32, P, I32, B, I32, B, P, P, P, P],
    result: P,
  },
  TF_GraphCopyFunction: { parameters: [P, P, P, P], result: V },
  TF_DeleteFunction: { parameters: [P], result: V },

  TF_NewSessionOptions: { parameters: [], result: P },
  TF_DeleteSessionOptions: { parameters: [P], result: V },
  TF_SetConfig: { parameters: [P, B, U64, P], result: V },
  TF_NewSession: { parameters: [P, P, P], result: P },
  TF_CloseSession: { parameters: [P, P], result: V },
  TF_DeleteSession: { parameters: [P, P], result: V },
  /** Whether XLA compiles operations on the CPU too, where a session asks for compilation. */
  TF_SetTfXlaCpuGlobalJit: { parameters: ["u8"], result: "u8", optional: true },
  TF_SessionRun: {
    parameters: [P, P, P, P, I32, P, P, I32, P, I32, P, P],
    result: V,
    nonblocking: true,
  },

  TFE_NewContextOptions: { parameters: [], result: P },
  TFE_DeleteContextOptions: { parameters: [P], result: V },
  TFE_ContextOptionsSetConfig: { parameters: [P, B, U64, P], result: V },
  TFE_NewContext: { parameters: [P, P], result: P },
  TFE_DeleteContext: { parameters: [P], result: V },
  TFE_ContextListDevices: { parameters: [P, P], result: P },
  TF_DeviceListCount: { parameters: [P], result: I32 },
  TF_DeviceListType: { parameters: [P, I32, P], result: P },
  TF_DeleteDeviceList: { parameters: [P], result: V },
  TFE_NewOp: { parameters: [P, B, P], result: P },
  TFE_DeleteOp: { parameters: [P], result: V },
  TFE_OpAddInput: { parameters: [P, P, P], result: V },
  TFE_OpSetAttrString: { parameters: [P, B, B, U64], result: V },
  TFE_OpSetAttrInt: { parameters: [P, B, I64], result: V },
  TFE_OpSetAttrIntList: { parameters: [P, B, B, I32], result: V },
  TFE_OpSetAttrFloat: { parameters: [P, B, "f32"], result: V },
  TFE_OpSetAttrBool: { parameters: [P, B, "u8"], result: V },
  TFE_OpSetAttrType: { parameters: [P, B, I32], result: V },
  TFE_OpSetAttrShape: { parameters: [P, B, B, I32, P], result: V },
  TFE_Execute: { parameters: [P, B, B, P], result: V },
  TFE_NewTensorHandle: { parameters: [P, P], result: P },
  TFE_DeleteTensorHandle: { parameters: [P], result: V },
  TFE_TensorHandleResolve: { parameters: [P, P], result: P },
  TFE_TensorHandleDataType: { parameters: [P], result: I32 },
  TFE_TensorHandleNumDims: { parameters: [P, P], result: I32 },
  TFE_TensorHandleDim: { parameters: [P, I32, P], result: I64 },
} as const;

/** In the C library. */
export const systemSymbols = {
  dlopen: { parameters: [B, I32], result: P },
  open: { parameters: [B, I32], result: I32 },
  dup: { parameters: [I32], result: I32 },
  dup2: { parameters: [I32, I32], result: I32 },
  close: { parameters: [I32], result: I32 },
  _exit: { parameters: [I32], result: V },
  flockfile: { parameters: [P], result: V },
  funlockfile: { parameters: [P], result: V },
  stdin: { name: Deno.build.os === "darwin" ? "__stdinp" : "stdin", type: P },
} as const;
