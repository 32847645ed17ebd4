/** What a program can do to the engine, and what can be wrong with its library. */
import { fileURLToPath } from "node:url";
import { locate } from "../../src/engine/setup.ts";
import { type Campaign, type Scale, type Tally, tally } from "./campaign.ts";
import { runChild } from "./child.ts";
import { cycles } from "./engine/cycles.ts";
import { libraryFaults } from "./engine/libraries.ts";
import type { Stressed } from "./engine/stress.ts";
import { growth } from "./held.ts";

const MEBIBYTE = 2 ** 20;

/** Bytes that memory may seem to grow by over a quarter of the cycles. */
const PLAY = 24 * MEBIBYTE;

const program = fileURLToPath(new URL("engine/stress.ts", import.meta.url));

/** glibc fills what is freed with this byte, so that the use of a freed object crashes and is counted. */
const poisoned = { MALLOC_PERTURB_: "165" };

/** Runs the cycles of an engine; gives what broke, and a line of figures. */
async function stressed(
  engine: string,
  count: number,
  note: (line: string) => void,
): Promise<{ lost: string[]; figures: string }> {
  const lines: Stressed[] = [];
  const { fault } = await runChild(["run", "-A", "--v8-flags=--expose-gc", program, engine, `${count}`], {
    env: poisoned,
    silence: 600_000,
    onLine: (line) => {
      lines.push(JSON.parse(line));
      note(`${engine}: ${line}`);
    },
  });
  const grown = growth(lines.map(({ memory }) => memory));
  const lost = [
    ...fault === undefined ? [] : [fault],
    ...grown > PLAY ? [`memory grew by ${Math.round(grown / MEBIBYTE)} MiB`] : [],
    ...(["files", "threads"] as const).flatMap((name) =>
      growth(lines.map((line) => line[name])) > 1 ? [`${name} grew`] : []
    ),
  ];
  const at = [lines.length >> 2, lines.length >> 1, lines.length - 1].map((i) => lines[i]).filter(Boolean);
  const words = at.map(({ done, memory, files, threads }) =>
    `after ${done.toLocaleString("en")} cycles ${
      Math.round(memory / MEBIBYTE)
    } MiB, ${files} files, ${threads} threads`
  );
  return { lost, figures: `${engine}: ${words.join("; ")}` };
}

/** Cycles of each engine. */
const scales = { quick: { portable: 280 }, full: { tensorflow: 10_000, portable: 10_000 } } as const;

async function allStressed(scale: Scale, note: (line: string) => void): Promise<Tally> {
  let injected = 0;
  const lost: string[] = [], details: string[] = [];
  for (const [engine, count] of Object.entries(scales[scale])) {
    if (engine === "tensorflow" && locate() === undefined) {
      details.push("not run: tensorflow, because libtensorflow is not set up");
      continue;
    }
    const found = await stressed(engine, count, note);
    injected += count;
    details.push(found.figures);
    lost.push(...found.lost.map((line) => `lost: on ${engine}: ${line}`));
  }
  return { injected, survived: injected - lost.length, lost: lost.length, details: [...details, ...lost] };
}

/** Hard use of the engines, and other libraries than theirs. */
export const ffi: Campaign = {
  name: "ffi",
  promise: "No use of the library crashes the native code or leaves something in it",
  how:
    `Cycles of ${Object.keys(cycles).length} kinds take turns in one process (${
      Object.keys(cycles).join("; ")
    }). After every cycle the engine must hold exactly as many tensors and native objects as before the first, and ` +
    `over the second half of the cycles memory (${
      PLAY / MEBIBYTE
    } MiB of play), open files and threads must not grow; ` +
    "freed memory is overwritten (`MALLOC_PERTURB_`), so that the use of a freed object crashes. Then files that are not " +
    "the libtensorflow of this machine, each of which must be refused in a sentence with the way out.",
  run: async (scale, note) => {
    const found = await allStressed(scale, note);
    const files = scale === "full" ? locate() : undefined;
    const libraries = files === undefined ? undefined : await tally(libraryFaults(files), note);
    if (libraries === undefined) return found;
    return {
      injected: found.injected + libraries.injected,
      survived: found.survived + libraries.survived,
      lost: found.lost + libraries.lost,
      details: [...found.details, ...libraries.details],
    };
  },
};
