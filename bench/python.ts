/** A Python that can be the peer. */
import { OnesheetError } from "../src/base/errors.ts";

const PACKAGES = ["torch", "transformers", "safetensors"];

/** How to get the peer, for a person without it. */
export const wayToPeer = `python3 -m venv peer && peer/bin/pip install ${
  PACKAGES.join(" ")
} torchvision pyarrow, then --python peer/bin/python`;

/** Whether there is such a Python, and packages that can be imported by these names. */
export async function hasPackages(python: string, packages: readonly string[]): Promise<boolean> {
  const find = `import importlib.util as u, sys; sys.exit(any(u.find_spec(p) is None for p in ${
    JSON.stringify(packages)
  }))`;
  try {
    return (await new Deno.Command(python, { args: ["-c", find], stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

/** The Python asked for, which must be able to; without one, python3 if it can. */
export async function peerPython(asked: string | undefined): Promise<string | undefined> {
  const python = asked ?? "python3";
  if (await hasPackages(python, PACKAGES)) return python;
  if (asked === undefined) return undefined;
  throw new OnesheetError(
    `Cannot use --python ${asked}: expected a Python with ${PACKAGES.join(", ")}; get one with ${wayToPeer}`,
    { exitCode: 2 },
  );
}
