import { assertEquals, assertMatch } from "@std/assert";
import { type Campaign, type Fault, tally } from "./campaign.ts";
import { written } from "./page.ts";

const faults: readonly Fault[] = [
  { what: "nothing happens", inject: () => {} },
  { what: "something breaks", inject: () => Promise.reject(new Error("it broke")) },
  { what: "nothing happens", inject: () => Promise.resolve() },
];

Deno.test("a fault is survived when nothing is thrown, lost otherwise, and the others go on", async () => {
  assertEquals(await tally(faults, () => {}), {
    injected: 3,
    survived: 2,
    lost: 1,
    details: ["2 times: nothing happens", "something breaks", "lost: something breaks: it broke"],
  });
});

const campaign = (name: string): Campaign => ({
  name,
  promise: `The promise of ${name}`,
  how: "In some way.",
  run: (_, note) => tally(faults, note),
});
const found = { injected: 1200, survived: 1200, lost: 0, details: ["a", "b"] };

Deno.test("a campaign's section is written in its place, the others stay as they are", () => {
  const empty = "before\n\n<!-- end of the campaigns -->\n\nafter\n";
  const both = written(written(empty, campaign("one"), found), campaign("two"), found);
  assertMatch(
    both,
    /^before\n.*promise of one\n.*injected: \*\*1,200\*\*.*- a\n- b\n.*promise of two.*\nafter\n$/s,
  );
  const again = written(both, campaign("one"), { ...found, injected: 7 });
  assertEquals(again, both.replace("1,200", "7"));
  assertEquals(written(again, campaign("one"), found), both);
});
