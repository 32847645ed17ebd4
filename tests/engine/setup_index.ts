/** A package index on the loopback with small wheels in it, and `prepare` run against it. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Build, folders } from "../../src/engine/setup/builds.ts";
import { libraryNames, type Wheel } from "../../src/engine/setup/wheel.ts";
import { zip } from "./setup_zip.ts";

const FILE = "onesheet_fake-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl";
const filled = (length: number, step: number) => Uint8Array.from({ length }, (_, i) => (i * i >> step) & 255);
const text = (lines: readonly string[]) =>
  new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));

/** What lies in the wheel in place of the two libraries. */
export const libraries: Readonly<Record<"core" | "framework", Uint8Array>> = {
  core: filled(900_000, 5),
  framework: filled(50_000, 3),
};

const info = "onesheet_fake-2.21.0.dist-info";

/** A wheel as pip accepts it, with one library deflated and one stored. */
export const archive: Uint8Array<ArrayBuffer> = zip([
  {
    name: `${info}/METADATA`,
    bytes: text(["Metadata-Version: 2.1", "Name: onesheet-fake", "Version: 2.21.0"]),
  },
  { name: `${info}/WHEEL`, bytes: text(["Wheel-Version: 1.0", "Root-Is-Purelib: false"]) },
  { name: `${info}/RECORD`, bytes: new Uint8Array() },
  { name: `tensorflow/${libraryNames.core}`, bytes: libraries.core, deflate: true },
  { name: `tensorflow/${libraryNames.framework}`, bytes: libraries.framework },
]);

/** The wheel's line in the table. */
export const wheel: Wheel = {
  package: "onesheet-fake",
  file: FILE,
  sha256: createHash("sha256").update(archive).digest("hex"),
  bytes: archive.length,
  files: Object.fromEntries(Object.values(libraryNames).map((name) => [`tensorflow/${name}`, name])),
  unpacked: 950_000,
};

/** A wheel and its bytes. */
export interface Served {
  readonly wheel: Wheel;
  readonly archive: Uint8Array<ArrayBuffer>;
}

/** How a process of `prepare` ended. */
export interface Outcome {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a test works with. */
export interface Place {
  /** The cache folder of this test; it does not exist yet. */
  readonly cache: string;
  /** A folder for anything else. */
  readonly folder: string;
  /** Address of the index: `http://127.0.0.1:…/`. */
  readonly index: string;
  /** The `range` header of every request for the wheel, in order. */
  readonly ranges: (string | null)[];
  /** Starts `prepare` with these environment variables and no others but the cache folder, and no pip in sight. */
  start(environment: Readonly<Record<string, string>>, wanted?: Wheel | Build): Deno.ChildProcess;
  /** `start`, and waits for its end. */
  prepare(environment: Readonly<Record<string, string>>, wanted?: Wheel | Build): Promise<Outcome>;
  /** Names in the cache folder, sorted. */
  cached(): string[];
}

/** Answers one request for the wheel, given the bytes that were asked for. */
export type Send = (rest: Uint8Array<ArrayBuffer>, turn: number) => BodyInit;

const decoded = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const buildOf = (wanted: Wheel | Build): Build =>
  "wheels" in wanted ? wanted : { name: "cpu", folder: folders.cpu, wheels: [wanted] };

/** Runs a test against an index whose downloads are sent by `send`; whole unless told. `more` is in its JSON pages. */
export async function withIndex(
  test: (place: Place) => Promise<void>,
  send: Send = (rest) => rest,
  more: readonly Served[] = [],
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const cache = join(folder, "cache");
  const ranges: (string | null)[] = [];
  const file = (archive: Uint8Array<ArrayBuffer>) => (request: Request): Response => {
    const range = request.headers.get("range");
    ranges.push(range);
    const start = Number(/bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0);
    const rest = archive.slice(start);
    const headers: Record<string, string> = { "content-length": `${rest.length}` };
    if (range !== null) headers["content-range"] = `bytes ${start}-${archive.length - 1}/${archive.length}`;
    return new Response(send(rest, ranges.length - 1), { status: range === null ? 200 : 206, headers });
  };
  const pages: Record<string, (request: Request) => Response> = {
    "/html/onesheet-fake/": () =>
      new Response(
        `<!DOCTYPE html><body><a href="../../files/other.whl">other.whl</a><br/>
         <a data-requires-python="&gt;=3.10" href="/files/${FILE}?a=1&amp;b=2#sha256=${wheel.sha256}">${FILE}</a></body>`,
        { headers: { "content-type": "text/html; charset=utf-8" } },
      ),
    "/empty/onesheet-fake/": () =>
      new Response("<!DOCTYPE html>", { headers: { "content-type": "text/html" } }),
    "/private/onesheet-fake/": (request) =>
      request.headers.get("authorization") === `Basic ${btoa("user:secret")}`
        ? pages["/html/onesheet-fake/"](request)
        : new Response(null, { status: 401 }),
  };
  for (const { wheel: { package: name, file: path }, archive: bytes } of [{ wheel, archive }, ...more]) {
    pages[`/files/${path}`] = file(bytes);
    pages[`/json/${name}/`] = () =>
      Response.json({
        meta: { "api-version": "1.0" },
        files: [{ filename: path, url: `../../files/${path}`, hashes: {} }],
      }, {
        headers: { "content-type": "application/vnd.pypi.simple.v1+json" },
      });
  }
  const server = Deno.serve(
    {
      port: 0,
      hostname: "127.0.0.1",
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    },
    (request) => pages[new URL(request.url).pathname]?.(request) ?? new Response(null, { status: 404 }),
  );
  const start = (environment: Readonly<Record<string, string>>, wanted: Wheel | Build = wheel) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--quiet",
        "--no-config",
        join(import.meta.dirname!, "setup_process.ts"),
        JSON.stringify(buildOf(wanted)),
      ],
      clearEnv: true,
      env: {
        PATH: folder,
        HOME: folder,
        ONESHEET_CACHE: cache,
        PIP_CONFIG_FILE: "/dev/null",
        ...environment,
      },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  try {
    await test({
      cache,
      folder,
      index: `http://127.0.0.1:${server.addr.port}/`,
      ranges,
      start,
      prepare: async (environment, wanted) => {
        const { success, stdout, stderr } = await start(environment, wanted).output();
        return { success, stdout: decoded(stdout), stderr: decoded(stderr) };
      },
      cached: () => [...Deno.readDirSync(cache)].map(({ name }) => name).sort(),
    });
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

/** A body that sends `limit` bytes and then breaks off, or stays silent. */
export const broken = (
  rest: Uint8Array<ArrayBuffer>,
  limit: number,
  then: "cut" | "silent",
): ReadableStream =>
  new ReadableStream({
    async start(out) {
      out.enqueue(rest.slice(0, limit));
      await new Promise((done) => setTimeout(done, 50));
      if (then === "cut") out.error(new Error("cut"));
    },
  });
