/** What a run keeps of its best evaluation. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { decode } from "../../src/data/decode.ts";
import { portable } from "../../src/engine/portable.ts";
import { readMetrics, runFiles } from "../../src/train/run.ts";
import { scores } from "../../src/train/metrics.ts";
import {
  extremes,
  keepValidation,
  type ShownRow,
  type ValidationRow,
  validationRows,
} from "../../src/train/validation.ts";
import { run } from "./runs.ts";
import { dataset, labels, rowsOf, tiny, withRun } from "./tiny.ts";

const rowsIn = async (folder: string): Promise<ValidationRow[]> =>
  (await Deno.readTextFile(runFiles(folder).validation)).trim().split("\n").map((line) => JSON.parse(line));

Deno.test("the rows kept are those of the best epoch, and give its scores again", async () => {
  await withRun(async (folder) => {
    await run(tiny(), { engine: await portable(), folder });
    const rows = await rowsIn(folder), best = (await readMetrics(folder)).findLast((row) => row.best)!;
    assertEquals(rows.map(({ row }) => row), [0, 1, 2, 3, 4, 5, 6]);
    const truth = rows.flatMap((row) => labels.map((_, i) => row.labels.includes(i) ? 1 : 0));
    const outputs = Float32Array.from(rows.flatMap(({ probabilities }) => probabilities));
    const found = scores(outputs, Float32Array.from(truth), labels, "probabilities");
    assertEquals(found.perLabel, best.per_label);
    assertAlmostEquals(rows.reduce((sum, { loss }) => sum + loss, 0) / rows.length, best.val_loss, 1e-6);
  });
});

Deno.test("probabilities have nine digits, losses of sure logits neither overflow nor vanish", () => {
  const logits = Float32Array.of(1, -200, 300), truth = Float32Array.of(1, 1, 0);
  const [row] = validationRows(Int32Array.of(17), { logits, truth });
  assertEquals(row.probabilities, [0.731058579, 1.38389653e-87, 1]);
  assertEquals([row.row, row.labels], [17, [0, 1]]);
  assertAlmostEquals(row.loss, (Math.log(1 + Math.exp(-1)) + 200 + 300) / 3, 1e-6);
});

Deno.test("the best and the worst rows are apart, the first of equals first", () => {
  const rows = [3, 1, 2, 1, 5].map((loss) => ({ loss }));
  assertEquals(extremes(rows, 2), { best: [1, 3], worst: [4, 0] });
  assertEquals(extremes(rows), { best: [1, 3], worst: [4, 0] });
  assertEquals(extremes(rows.slice(0, 1)), { best: [], worst: [] });
});

Deno.test("the rows shown have a picture that decodes, their text and what was said of them", async () => {
  await withRun(async (folder) => {
    await Deno.mkdir(folder, { recursive: true });
    const red = {
      width: 200,
      height: 100,
      data: new Uint8Array(60000).map((_, i) => i % 3 === 0 ? 200 : 20),
    };
    const asked: number[] = [];
    const validation = {
      ...rowsOf("validation", 4),
      shown: (positions: Int32Array) => {
        asked.push(...positions);
        return Promise.resolve(Array.from(positions, (p) => ({ picture: red, text: `${p}`.repeat(500) })));
      },
    };
    const logits = Float32Array.of(5, 5, 5, -1, -1, -1, 3, 3, 3, -9, -9, -9);
    const evaluation = {
      logits,
      truth: new Float32Array(12).fill(1),
      loss: 0,
      scores: scores(logits, logits, labels, "logits"),
    };
    await keepValidation(folder, dataset({ validation }), evaluation);
    const shown: ShownRow[] = JSON.parse(await Deno.readTextFile(runFiles(folder).examples));
    assertEquals(asked, [0, 2, 3, 1]);
    assertEquals(shown.map(({ which, row }) => [which, row]), [["best", 0], ["best", 2], ["worst", 3], [
      "worst",
      1,
    ]]);
    assertEquals(shown[0].text, `${"0".repeat(400)}…`);
    const { width, height, data } = await decode(Uint8Array.fromBase64(shown[0].picture!));
    assertEquals([width, height], [128, 64]);
    assert(Math.abs(data[0] - 200) < 12 && Math.abs(data[1] - 20) < 12, [...data.subarray(0, 3)].join());
  });
});
