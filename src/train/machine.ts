/** `machine.json`: on what and when a run went on, one session for its start and one for every time it was resumed. */
import { cpus } from "node:os";
import { fieldFault, readJson, show } from "../base/json.ts";
import { version } from "../base/version.ts";
import type { Engine } from "../tensor.ts";
import type { EndReason } from "./events.ts";
import { exists, runFiles, writeRunFile } from "./run.ts";

/** One stretch of work in one process. */
export interface Session {
  /** Versions. */
  readonly onesheet: string;
  readonly deno: string;
  /** Operating system and processor architecture. */
  readonly system: string;
  /** The processor's name, where this process may ask for it. */
  readonly processor?: string;
  /** Processors that the system offers. */
  readonly processors: number;
  /** The engine's name, then library, version, device and unusual options. */
  readonly engine: string;
  readonly device: string;
  /** ISO 8601, UTC. One that was killed has no end. */
  readonly started: string;
  readonly ended?: string;
  /** How long it took, by a clock that nobody sets. Runs of earlier versions have none. */
  readonly seconds?: number;
  /** Why it ended. */
  readonly reason?: EndReason;
  /** Steps of training done before it. */
  readonly from: number;
}

/** The processor's name; asking needs a permission that not every process has. */
function processorName(): string | undefined {
  if (Deno.permissions.querySync({ name: "sys", kind: "cpus" }).state !== "granted") return undefined;
  return cpus()[0]?.model;
}

function sessionsFault(found: unknown): string | undefined {
  if (!Array.isArray(found)) return `expected a list, found ${show(found)}`;
  for (const session of found) {
    const fault = fieldFault(session, {
      ...{ onesheet: "a text", deno: "a text", system: "a text", "processor?": "a text" },
      ...{ processors: "a whole number", engine: "a text", device: "a text", started: "a text" },
      ...{ "ended?": "a text", "seconds?": "a number", "reason?": "a text", from: "a whole number" },
    });
    if (fault !== undefined) return fault;
    const times = [session.started, ...session.ended === undefined ? [] : [session.ended]];
    if (times.some((time) => Number.isNaN(Date.parse(time)))) return `expected times, found ${show(times)}`;
  }
}

/** Reads `machine.json`; no file is no sessions. */
export async function readSessions(folder: string): Promise<Session[]> {
  const { machine } = runFiles(folder);
  return await exists(machine) ? await readJson<Session[]>(machine, sessionsFault) : [];
}

const write = (folder: string, sessions: readonly Session[]) =>
  writeRunFile(runFiles(folder).machine, JSON.stringify(sessions, null, 2) + "\n");

/** Adds a session to `machine.json`; gives what writes down its end. */
export async function beginSession(
  folder: string,
  { name, description }: Pick<Engine, "name" | "description">,
  from: number,
): Promise<(reason: EndReason) => Promise<void>> {
  const before = await readSessions(folder), processor = processorName(), begun = performance.now();
  const session: Session = {
    onesheet: version,
    deno: Deno.version.deno,
    system: `${Deno.build.os} ${Deno.build.arch}`,
    ...(processor !== undefined && { processor }),
    processors: navigator.hardwareConcurrency,
    engine: name,
    device: description,
    started: new Date().toISOString(),
    from,
  };
  await write(folder, [...before, session]);
  return (reason) => {
    const seconds = Math.round(performance.now() - begun) / 1000;
    return write(folder, [...before, { ...session, ended: new Date().toISOString(), seconds, reason }]);
  };
}
