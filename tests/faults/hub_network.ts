/** Faults of the way to the hub: connections cut, silent, slow, busy servers. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { HubUnreachable } from "../../src/data/hub.ts";
import { type Faults, type Hub, sha256, withHub } from "../data/hub_server.ts";
import { assertWhole, fetched, FILE, kept, model, weights } from "../data/hub_weights.ts";
import type { Fault, Scale } from "./campaign.ts";

/** A hub with these faults gives the file whole, and leaves nothing beside it. */
const whole = (faults: Faults, patience: Hub["places"]["patience"] = {}, check = (_: Hub) => {}) => () =>
  withHub([model], async (hub) => {
    await assertWhole(await fetched({ ...hub.places, patience: { ...hub.places.patience, ...patience } }));
    assertEquals(kept(hub.places), [FILE]);
    check(hub);
  }, faults);

/** The file's own download is cut once, after this many bytes. */
const cutFile = (after: number): Fault => ({
  what: "the connection is cut at a random byte of a file",
  inject: whole({ store: ({ turn }) => turn === 0 ? { kind: "cut", after } : undefined }, {}, ({ store }) => {
    assertEquals(store.asked.map(({ start }) => start), [0, after]);
  }),
});

/** The connection fails `kind` while the hub's own answer, of the given turn, is sent: its store can break one. */
function badAnswer(what: string, kind: "cut" | "stall", after: number): Fault {
  let [bad, away] = [true, ""];
  const inject = () =>
    withHub([model], async (hub) => {
      away = `${hub.store.address}/${sha256(weights)}`;
      await assertWhole(await fetched({ ...hub.places, patience: { pause: 1, quiet: 400 } }));
    }, {
      hub: () => bad ? new Response(null, { status: 307, headers: { location: away } }) : undefined,
      store: () => {
        if (!bad) return undefined;
        bad = false;
        return { kind, after };
      },
    });
  return { what, inject };
}

/** Seconds that a busy server asks for, and the whole seconds that must pass at least. */
const waits: readonly (readonly [said: string, headers: () => Record<string, string>, least: number])[] = [
  ["Retry-After in seconds", () => ({ "retry-after": "1" }), 1000],
  ["Retry-After as a date", () => ({ "retry-after": new Date(Date.now() + 2000).toUTCString() }), 1000],
  ["the end of a RateLimit window", () => ({ ratelimit: '"api";r=0;t=1' }), 1000],
  ["no time to wait", () => ({}), 0],
];

/** Who is busy: the hub with the file's information, or the store with the file. */
const busyFaults = (where: "hub" | "store", statuses: readonly number[]): Fault[] =>
  statuses.flatMap((status) =>
    waits.map(([said, headers, least]): Fault => ({
      what: `the ${where} answers ${status} with ${said}`,
      inject: async () => {
        const times: number[] = [];
        await whole({
          [where]: (_: unknown, turn?: number) => {
            times.push(performance.now());
            if (times.length > 1 || (turn ?? 0) > 0) return undefined;
            return where === "hub"
              ? new Response(null, { status, headers: headers() })
              : { kind: "answer" as const, status, headers: headers() };
          },
        }, { longest: 10_000 })();
        assert(times[1] - times[0] >= least, `asked again after ${Math.round(times[1] - times[0])} ms`);
      },
    }))
  );

const silent: Fault[] = [
  {
    what: "the store falls silent in the middle of a file",
    inject: whole(
      { store: ({ turn }) => turn === 0 ? { kind: "stall", after: 1_000_000 } : undefined },
      { quiet: 400 },
    ),
  },
  {
    what: "the store stays silent",
    inject: () =>
      withHub([model], async ({ places }) => {
        const hasty = { ...places, patience: { pause: 1, quiet: 200, tries: 2 } };
        await assertRejects(() => fetched(hasty), OnesheetError, "no data for 0.2 s; run the command again");
        assertEquals(kept(places), [`${FILE}.part`]);
      }, { store: () => ({ kind: "stall", after: 0 }) }),
  },
  {
    what: "the hub stays busy",
    inject: () =>
      withHub([model], async ({ places }) => {
        await assertRejects(
          () => fetched(places),
          HubUnreachable,
          "is out of reach (the server answered 503)",
        );
        assertEquals(kept(places), []);
      }, { hub: () => new Response(null, { status: 503 }) }),
  },
];

/** At full scale 50 cuts of the file and 10 of the hub's own answers; quickly 5 and 2, and half of the busy servers. */
export function networkFaults(scale: Scale): Fault[] {
  const draw = random("hub campaign"), [files, answers] = scale === "full" ? [50, 10] : [5, 2];
  return [
    ...Array.from({ length: files }, () => cutFile(1 + draw.integer(weights.length - 1))),
    ...Array.from(
      { length: answers },
      () =>
        badAnswer("the connection is cut at a random byte of the hub's answer", "cut", draw.integer(5000)),
    ),
    badAnswer("the hub falls silent in its answer", "stall", 9),
    ...silent,
    ...busyFaults("hub", scale === "full" ? [429, 503] : [429]),
    ...busyFaults("store", scale === "full" ? [429, 503] : [503]),
  ];
}
