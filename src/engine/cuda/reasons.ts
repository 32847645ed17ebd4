/** Why CUDA cannot be used. */
import { OnesheetError } from "../../base/errors.ts";

/** CUDA cannot be used on this machine. */
export class NoCuda extends OnesheetError {
  /** What its text begins with when printed whole. */
  override name = "NoCuda";
  /** The reason alone, for a sentence that goes on without CUDA. */
  readonly reason: string;
  /** What to do about it. */
  readonly wayOut: string;
  /** An error of the form `Cannot use CUDA: <reason>; <way out>`. */
  constructor(reason: string, wayOut: string, cause?: unknown) {
    super(`Cannot use CUDA: ${reason}; ${wayOut}, or use --engine tensorflow`, { cause });
    this.reason = reason;
    this.wayOut = wayOut;
  }
}
