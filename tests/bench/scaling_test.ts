/** Scaling in miniature: what is shared is measured once, and the picture has both sides. */
import { assertEquals } from "@std/assert";
import { figureOf } from "../../bench/bench.ts";
import { overRows, sweep } from "../../bench/scaling.ts";
import { scalingSvg } from "../../bench/scaling_plot.ts";
import { nameOf, pointsOf } from "../../bench/sweeps.ts";
import { miniature } from "../../bench/workload.ts";
import { nativeTest } from "../engine/native.ts";

nativeTest("points of two sweeps with the same workload are measured once", async () => {
  const notes: string[] = [];
  const options = { pairs: 1, engine: "cpu", onNote: (text: string) => notes.push(text) } as const;
  const points = [{ sweep: "batch", value: 4 }, { sweep: "tokens", value: 16 }] as const;
  const figures = await sweep(miniature, options, points);
  assertEquals(notes, ["batch 4, 16 tokens, 64 pixels"]);
  assertEquals(figures.map(({ name }) => name), [
    "training step, batch 4",
    "peak memory, batch 4",
    "training step, tokens 16",
    "peak memory, tokens 16",
  ]);
  assertEquals(figures[0].ours, figures[2].ours);
});

nativeTest("a point that cannot be measured is left out, and said to be", async () => {
  const notes: string[] = [];
  const options = { pairs: 1, engine: "cpu", onNote: (text: string) => notes.push(text) } as const;
  assertEquals(await sweep(miniature, options, [{ sweep: "tokens", value: 64 }]), []); // more than it has positions
  assertEquals(notes.at(-1)!.startsWith("left out: "), true);
});

Deno.test("a picture has a curve for each side that was measured, and none for one that was not", () => {
  const both = pointsOf("batch").map((point) =>
    figureOf({ name: nameOf("time", point), unit: "s" }, [point.value], [point.value * 2])
  );
  const alone = pointsOf("tokens").map((point) =>
    figureOf({ name: nameOf("time", point), unit: "s" }, [point.value])
  );
  const svg = scalingSvg([...both, ...alone]);
  const curves = (side: string) => svg.split(`<path class="curve ${side}" d="M`).length - 2; // one is the legend's
  assertEquals([curves("ours"), curves("peer")], [2, 1]);
});

Deno.test("a data set of few and of many rows is walked to its end, threads and all", async () => {
  const points = [{ sweep: "rows", value: 40 }, { sweep: "rows", value: 2700 }] as const;
  const place = await Deno.makeTempDir();
  const figures = await overRows({ onNote: () => {} }, points, place);
  await Deno.remove(place, { recursive: true });
  assertEquals(figures.map(({ name }) => name), [
    "cache and epoch, rows 40",
    "peak memory, rows 40",
    "cache and epoch, rows 2700",
    "peak memory, rows 2700",
  ]);
});
