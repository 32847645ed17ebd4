/** The two sides of a pair as processes: ours, and PyTorch in each of its forms. */
import { fileURLToPath } from "node:url";
import type { BenchOptions } from "./bench.ts";
import { type Child, openChild } from "./child.ts";
import type { OurTask } from "./ours.ts";
import type { Workload } from "./workload.ts";

/** A peer's process, and the form of it where there is more than one. */
export interface Peer {
  readonly child: Child;
  readonly form?: string;
}

/** Both sides of a workload, ready. */
export interface Sides extends AsyncDisposable {
  readonly ours: Child;
  /** Empty without a Python. */
  readonly peers: readonly Peer[];
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Starts our side. */
export const openOurs = (workload: Workload, { engine }: Pick<BenchOptions, "engine">): Promise<Child> =>
  openChild([
    Deno.execPath(),
    "run",
    "-A",
    here("ours.ts"),
    JSON.stringify({ workload, engine } satisfies OurTask),
  ]);

/** How PyTorch is run on each device: on a GPU as it stands and compiled. */
const forms = {
  cpu: [{ compile: false }],
  cuda: [{ form: "eager", compile: false }, { form: "torch.compile", compile: true }],
} as const satisfies Record<BenchOptions["engine"], readonly { form?: string; compile: boolean }[]>;

/** PyTorch's side in each of its forms, none without a Python; with weights from a file, or random. */
export function openPeers(
  workload: Workload,
  { engine: device, python }: Pick<BenchOptions, "engine" | "python">,
  weights?: string,
): { readonly form?: string; readonly open: () => Promise<Child> }[] {
  if (python === undefined) return [];
  return forms[device].map(({ compile, ...form }) => ({
    ...form,
    open: () =>
      openChild([python, here("peer/step.py"), JSON.stringify({ workload, device, compile, weights })]),
  }));
}

/** Starts both sides, one after the other. */
export async function openSides(workload: Workload, options: BenchOptions): Promise<Sides> {
  const { onNote } = options;
  await using started = new AsyncDisposableStack();
  const ours = started.use(await openOurs(workload, options));
  onNote(`ours: ${ours.about}`);
  const peers: Peer[] = [];
  for (const { open, ...form } of openPeers(workload, options)) {
    const child = started.use(await open());
    peers.push({ child, ...form });
    onNote(`peer: ${[child.about, ...Object.values(form)].join(", ")}`);
  }
  const open = started.move();
  return { ours, peers, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
