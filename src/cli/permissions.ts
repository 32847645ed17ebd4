/** Deno's permissions of this process: what the person names is checked before anything begins, the network given up. */
import { notPermitted, OnesheetError } from "../base/errors.ts";
import { usualPlaces } from "../data/places.ts";
import { LOOPBACK } from "./allowed.ts";

/** Refuses a path that this process may not read or write; a terminal is asked where Deno may ask. */
export function demandPermission(name: "read" | "write", path: string): void {
  if (Deno.permissions.requestSync({ name, path }).state === "granted") return;
  throw new OnesheetError(notPermitted(name, path), { exitCode: 2 });
}

/** Gives the network up for the rest of the process, and for workers that it starts from now on. */
export const leaveNetwork = (): void => void Deno.permissions.revokeSync({ name: "net" });

/** Gives this machine itself up as a part of the network, but for ports that are open already; not where the hub is. */
export function leaveLoopback(): void {
  if (new URL(usualPlaces().hub).hostname === LOOPBACK) return;
  Deno.permissions.revokeSync({ name: "net", host: LOOPBACK });
}

/** Gives the network up where `HF_HUB_OFFLINE` says so, before a recipe is read. */
export function stayOffline(): void {
  if (usualPlaces().offline) leaveNetwork();
}
