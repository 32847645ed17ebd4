/** The third side of the split: no row is on two sides, and what a row gives does not change. */
import { assertEquals } from "@std/assert";
import { withoutTestRows } from "../../src/train/held_out.ts";
import type { OpenOptions, RecordedSplit } from "../../src/data/source.ts";
import { dataset, source, tiny } from "./tiny.ts";

const opened = () => withoutTestRows(tiny()).data.made.open({});

Deno.test("rows that choose and rows that judge are the validation rows, each once", async () => {
  const { train, validation, test } = await opened();
  assertEquals([...validation.ids], [0, 2, 4, 6]);
  assertEquals([...test!.ids], [1, 3, 5]);
  assertEquals([train.size, validation.size, test!.size], [18, 4, 3]);
});

Deno.test("a row gives what it gave before", async () => {
  const { test } = await opened();
  const whole = await dataset().validation.batch(Int32Array.of(5, 1));
  assertEquals(await test!.batch(Int32Array.of(2, 0)), whole);
});

Deno.test("rows that are shown, and their identities, are those of their side", async () => {
  const { validation } = dataset();
  const shown = (positions: Int32Array) =>
    Promise.resolve(Array.from(positions, (position) => ({ text: `row ${position}` })));
  const identities = () =>
    Promise.resolve(Array.from(validation.ids, (row) => ({ id: `row ${row}`, labels: [] })));
  const recipe = tiny({ data: source({ validation: { ...validation, shown, identities } }) });
  const data = await withoutTestRows(recipe).data.made.open({});
  const texts = async (side: typeof validation) =>
    (await side.shown!(Int32Array.of(2, 0))).map(({ text }) => text);
  assertEquals(await texts(data.validation), ["row 4", "row 0"]);
  assertEquals(await texts(data.test!), ["row 5", "row 1"]);
  const ids = async (side: typeof validation) => (await side.identities!()).map(({ id }) => id);
  assertEquals(await ids(data.validation), ["row 0", "row 2", "row 4", "row 6"]);
  assertEquals(await ids(data.test!), ["row 1", "row 3", "row 5"]);
});

Deno.test("a source that shows no rows shows none of a side", async () => {
  const { validation, test } = await opened();
  assertEquals([validation.shown, test!.shown], [undefined, undefined]);
});

Deno.test("the source is asked for both halves of a run's validation rows in the order they had", async () => {
  const asked: OpenOptions[] = [];
  const recorded = (...numbers: number[]) => ({
    rows: Int32Array.from(numbers),
    identities: numbers.map((row) => ({ id: `row ${row}`, labels: [row % 3] })),
  });
  const split: RecordedSplit = {
    ...{ run: "run", labels: [], size: 8, train: recorded(7) },
    ...{ validation: recorded(5, 3, 1), test: recorded(4, 2) },
  };
  await withoutTestRows(tiny({ data: source({}, asked) })).data.made.open({ split });
  assertEquals(asked[0].split?.validation, recorded(5, 4, 3, 2, 1));
});
