/** Operations run one by one, at once: TensorFlow's eager C API. */
import { type Attribute, setAttributes } from "./attributes.ts";
import { configProto, type SessionConfig } from "./config.ts";
import type { HostData } from "./dtype.ts";
import { cString, type Library, type Pointer } from "./library.ts";
import { deleteTensor, newTensor, type Numbers, takeTensors } from "./native.ts";

/** What an operation gave. */
export interface EagerResult {
  readonly handle: Pointer;
  readonly shape: number[];
  readonly dtype: number;
}

/** An eager context. */
export interface Eager extends Disposable {
  /** "GPU" when the context has one, otherwise "CPU". */
  readonly device: "GPU" | "CPU";
  constant(dtype: number, shape: readonly number[], data: HostData): Pointer;
  read(handle: Pointer): Numbers;
  execute(
    name: string,
    inputs: readonly Pointer[],
    attributes: readonly Attribute[],
    outputs: number,
  ): EagerResult[];
  delete(handle: Pointer): void;
}

/** Opens an eager context on the library's devices. */
export function openEager(library: Library, config: SessionConfig): Eager {
  const { c, made, gone, checked } = library;
  const options = made("context options", c.TFE_NewContextOptions());
  const open = () => {
    const proto = configProto(config);
    checked(
      "TFE_ContextOptionsSetConfig",
      (s) => c.TFE_ContextOptionsSetConfig(options, proto, BigInt(proto.length), s),
    );
    return made("context", checked("TFE_NewContext", (s) => c.TFE_NewContext(options, s)));
  };
  let context: Pointer;
  try {
    context = open();
  } finally {
    c.TFE_DeleteContextOptions(options);
    gone();
  }

  const describe = (handle: Pointer): EagerResult => {
    const rank = checked("shape", (s) => c.TFE_TensorHandleNumDims(handle, s));
    const shape = Array.from(
      { length: rank },
      (_, i) => Number(checked("shape", (s) => c.TFE_TensorHandleDim(handle, i, s))),
    );
    return { handle, shape, dtype: c.TFE_TensorHandleDataType(handle) };
  };
  return {
    device: deviceOf(library, context),
    constant: (dtype, shape, data) => {
      const tensor = newTensor(library, dtype, shape, data);
      try {
        return made("tensor handle", checked("TFE_NewTensorHandle", (s) => c.TFE_NewTensorHandle(tensor, s)));
      } finally {
        deleteTensor(library, tensor);
      }
    },
    read: (handle) => {
      const tensor = made(
        "tensor",
        checked("TFE_TensorHandleResolve", (s) => c.TFE_TensorHandleResolve(handle, s)),
      );
      return takeTensors(library, [tensor])[0];
    },
    execute: (name, inputs, attributes, outputs) => {
      const operation = made("operation", checked(name, (s) => c.TFE_NewOp(context, cString(name), s)));
      const results = new BigUint64Array(outputs);
      try {
        for (const input of inputs) checked(name, (s) => c.TFE_OpAddInput(operation, input, s));
        setAttributes(library, "TFE_OpSetAttr", operation, attributes);
        checked(name, (s) => c.TFE_Execute(operation, results, Int32Array.of(outputs), s));
      } finally {
        c.TFE_DeleteOp(operation);
        gone();
      }
      return Array.from(
        results,
        (address) => describe(made("tensor handle", Deno.UnsafePointer.create(address))),
      );
    },
    delete: (handle) => {
      c.TFE_DeleteTensorHandle(handle);
      gone();
    },
    [Symbol.dispose]: () => {
      c.TFE_DeleteContext(context);
      gone();
    },
  };
}

function deviceOf({ c, made, gone, checked }: Library, context: Pointer): "GPU" | "CPU" {
  const list = made(
    "device list",
    checked("TFE_ContextListDevices", (s) => c.TFE_ContextListDevices(context, s)),
  );
  const types = Array.from({ length: c.TF_DeviceListCount(list) }, (_, i) => {
    const type = checked("TF_DeviceListType", (s) => c.TF_DeviceListType(list, i, s));
    return type === null ? "" : new Deno.UnsafePointerView(type).getCString();
  });
  c.TF_DeleteDeviceList(list);
  gone();
  return types.includes("GPU") ? "GPU" : "CPU";
}
