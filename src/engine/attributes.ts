/** Attributes of an operation, set the same way on a graph operation and on an eager one. */
import { cString, type Library, type Pointer } from "./library.ts";
import { dims } from "./native.ts";

/** Kinds of attribute, with the numbers of `TF_AttrType` that tfjs-node's kernels carry. */
export const ATTR = {
  STRING: 0,
  INT: 1,
  FLOAT: 2,
  BOOL: 3,
  TYPE: 4,
  SHAPE: 5,
  RESOURCE: 6,
  FUNC: 8,
} as const;

/** One attribute, in the form of tfjs-node's `TFEOpAttr`. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[] | null | undefined;
}

/** An operation under construction; which family of C functions it takes. */
export type Family = "TF_SetAttr" | "TFE_OpSetAttr";

const encoder = new TextEncoder();

/** Sets every attribute that has a value. */
export function setAttributes(
  library: Library,
  family: Family,
  operation: Pointer,
  attributes: readonly Attribute[],
): void {
  const { c } = library;
  const eager = family === "TFE_OpSetAttr";
  for (const { name: key, type, value } of attributes) {
    if (value === null || value === undefined) continue;
    const name = cString(key);
    switch (type) {
      case ATTR.STRING: {
        const bytes = encoder.encode(value as string);
        c[`${family}String`](operation, name, bytes, BigInt(bytes.length));
        break;
      }
      case ATTR.INT:
        if (typeof value === "object") c[`${family}IntList`](operation, name, dims(value), value.length);
        else c[`${family}Int`](operation, name, BigInt(value));
        break;
      case ATTR.FLOAT:
        c[`${family}Float`](operation, name, value as number);
        break;
      case ATTR.BOOL:
        c[`${family}Bool`](operation, name, value ? 1 : 0);
        break;
      case ATTR.TYPE:
        if (typeof value !== "object") c[`${family}Type`](operation, name, value as number);
        else c.TF_SetAttrTypeList(operation, name, Int32Array.from(value), value.length);
        break;
      case ATTR.SHAPE: {
        const shape = value as readonly number[];
        if (!eager) c.TF_SetAttrShape(operation, name, dims(shape), shape.length);
        else {
          library.checked(
            `attribute ${key}`,
            (status) => c.TFE_OpSetAttrShape(operation, name, dims(shape), shape.length, status),
          );
        }
        break;
      }
      case ATTR.FUNC: {
        const bytes = encoder.encode(value as string);
        c.TF_SetAttrFuncName(operation, name, bytes, BigInt(bytes.length));
        break;
      }
      default:
        throw new TypeError(`Cannot set attribute "${key}": its kind ${type} is not one the engine knows`);
    }
  }
}

/** Shorthands for the kernels written here. */
export const attribute = {
  string: (name: string, value: string): Attribute => ({ name, type: ATTR.STRING, value }),
  int: (name: string, value: number): Attribute => ({ name, type: ATTR.INT, value }),
  ints: (name: string, value: readonly number[]): Attribute => ({ name, type: ATTR.INT, value }),
  float: (name: string, value: number): Attribute => ({ name, type: ATTR.FLOAT, value }),
  bool: (name: string, value: boolean): Attribute => ({ name, type: ATTR.BOOL, value }),
  type: (name: string, value: number): Attribute => ({ name, type: ATTR.TYPE, value }),
  /** Of graph operations only. */
  types: (name: string, value: readonly number[]): Attribute => ({ name, type: ATTR.TYPE, value }),
  /** The name of a function; of graph operations only. */
  func: (name: string, value: string): Attribute => ({ name, type: ATTR.FUNC, value }),
  shape: (name: string, value: readonly number[]): Attribute => ({ name, type: ATTR.SHAPE, value }),
};
