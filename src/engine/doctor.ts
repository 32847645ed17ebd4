/** Looks at everything the engines need on this machine, one finding each; nothing it meets makes it fail. */
import { join } from "node:path";
import { cacheFolder } from "../base/cache.ts";
import { temporaryName } from "../base/files.ts";
import { freeBytes, readable } from "../base/space.ts";
import { inspectCuda } from "./cuda/doctor.ts";
import { type Finding, finding } from "./finding.ts";
import { probe } from "./probe.ts";
import { locateForCpu } from "./setup.ts";
import { buildHere } from "./setup/builds.ts";
import { platform } from "./setup/wheel.ts";
import { require, tf } from "./tfjs.ts";

export type { Finding } from "./finding.ts";

/** The Deno release that the tests run on. */
const DENO = "2.9.6";

const portable = "use --engine portable, which needs no native library";

function deno(): string {
  const found = Deno.version.deno;
  if (found.localeCompare(DENO, "en", { numeric: true }) >= 0) return found;
  throw new Error(`${found}, expected ${DENO} or newer`);
}

function machine(): string {
  if (buildHere("cpu") !== undefined) return platform;
  throw new Error(`${platform}, which has no pinned libtensorflow`);
}

async function cache(): Promise<string> {
  const folder = cacheFolder();
  await Deno.mkdir(folder, { recursive: true });
  const path = temporaryName(join(folder, "doctor"));
  await Deno.writeTextFile(path, "");
  await Deno.remove(path);
  const free = await freeBytes(folder);
  return free === undefined ? folder : `${folder}, ${readable(free)} free`;
}

async function library(): Promise<string> {
  const files = locateForCpu();
  if (files === undefined) throw new Error("libtensorflow is not set up");
  const sizes = await Promise.all(
    [files.core, files.framework].map(async (path) => (await Deno.stat(path)).size),
  );
  return `${files.folder}, ${readable(sizes[0] + sizes[1])}`;
}

/** Reads one picture of one pixel. */
async function sharp(): Promise<string> {
  const { default: sharp } = await import("sharp");
  const picture = sharp({ create: { width: 1, height: 1, channels: 3, background: "black" } });
  await sharp(await picture.png().toBuffer()).raw().toBuffer();
  return `sharp ${sharp.versions.sharp}`;
}

/** Starts the backend of the portable engine, without making it the current one. */
async function wasm(): Promise<string> {
  const { version_wasm } = require("@tensorflow/tfjs-backend-wasm") as { version_wasm: string };
  await tf.findBackendFactory("wasm")();
  return `tfjs ${version_wasm}`;
}

/** Looks at Deno, the platform, the cache folder, libtensorflow, CUDA, sharp and the wasm backend, in this order. */
export async function inspect(): Promise<Finding[]> {
  const setup = "run `deno task setup`";
  const findings = [
    await finding("Deno", "run `deno upgrade`", deno),
    await finding("platform", portable, machine),
    await finding("cache folder", "set ONESHEET_CACHE to a folder you may write to", cache),
    await finding("libtensorflow", `${setup}, or ${portable}`, library),
  ];
  if (findings[3].ok) {
    const files = locateForCpu()!;
    const again = files.version === undefined
      ? "correct or unset ONESHEET_TENSORFLOW"
      : `delete "${files.folder}"`;
    findings.push(
      await finding(
        "libtensorflow opens",
        `${again} and ${setup}, or ${portable}`,
        async () => `TensorFlow ${await probe([files.core, files.framework])}`,
      ),
    );
  }
  findings.push(...await inspectCuda());
  findings.push(await finding("sharp", "run `deno install`; until then posters are read more slowly", sharp));
  findings.push(await finding("wasm backend", "run `deno install`", wasm));
  return findings;
}
