/** Looks at what the cuda engine needs: driver, GPU, libraries, the build of libtensorflow. */
import { join } from "node:path";
import { type Finding, finding } from "../finding.ts";
import { probe } from "../probe.ts";
import { cudaWheels } from "../setup/cuda_wheels.ts";
import { type LibraryFiles, locate } from "../setup/locate.ts";
import type { Wheel } from "../setup/wheel.ts";
import { type Driver, gpuText, readDriver } from "./driver.ts";
import { loadingOrder } from "./libraries.ts";
import { NoCuda } from "./reasons.ts";

const again = (files: LibraryFiles): string => `delete "${files.folder}" and run \`deno task setup --cuda\``;

/** Opens, or at least sees, each file of a package of NVIDIA's; resolves to its version and folder. */
async function packageText(wheel: Wheel, { folder }: LibraryFiles): Promise<string> {
  for (const path of Object.values(wheel.files)) {
    const file = join(folder, path);
    if (loadingOrder.some((library) => path === `nvidia/${library}`)) await probe([file]);
    else await Deno.stat(file);
  }
  const [first] = Object.values(wheel.files);
  const [, version] = wheel.file.split("-");
  return `${version} in ${join(folder, ...first.split("/").slice(0, 2))}`;
}

const driverText = ({ cuda, gpus }: Driver): string =>
  `for CUDA ${cuda} and older; ${gpus.map(gpuText).join("; ")}`;

/** The CUDA build; undefined too where a variable names a wrong folder, which is a finding of its own. */
function build(): LibraryFiles | undefined {
  try {
    return locate("cuda");
  } catch {
    return undefined;
  }
}

/**
 * Findings in the order in which a run would need them; without driver and build a single one that says so, which is no
 * fault.
 */
export async function inspectCuda(
  ask: () => Driver = readDriver,
  files: LibraryFiles | undefined = build(),
): Promise<Finding[]> {
  let driver: Finding;
  try {
    driver = { what: "CUDA driver", ok: true, found: driverText(ask()) };
  } catch (error) {
    if (!(error instanceof NoCuda)) throw error;
    const { reason, wayOut } = error;
    if (files?.nvidia === undefined) {
      return [{ what: "CUDA driver", ok: true, found: `${reason}; CUDA is not used` }];
    }
    driver = { what: "CUDA driver", ok: false, found: reason, fix: wayOut };
  }
  if (files === undefined) {
    const fix = "run `deno task setup --cuda` to train on the GPU";
    return [driver, { what: "CUDA libtensorflow", ok: false, found: "it is not set up", fix }];
  }
  if (files.nvidia === undefined) return [driver]; // a folder of the user's own
  const findings = [driver];
  for (const wheel of cudaWheels.filter(({ package: name }) => name.startsWith("nvidia-"))) {
    const name = wheel.package.replace("nvidia-", "").replace("-cu12", "").replace("cuda-", "");
    findings.push(await finding(`CUDA package ${name}`, again(files), () => packageText(wheel, files)));
  }
  findings.push(
    await finding(
      "CUDA libtensorflow",
      again(files),
      async () => `TensorFlow ${await probe([files.core, files.framework])} in ${files.folder}`,
    ),
  );
  return findings;
}
