import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { displayWidth } from "../../src/report/width.ts";
import { clock, progress, progressLine } from "../../src/cli/progress.ts";

const state = { label: "epoch 3/20", done: 413, total: 826, rate: 12.34, notes: ["loss 0.0221"] };

/** Progress on a clock that the test moves, in milliseconds, and what it wrote. */
function watched(total: number, terminal: boolean) {
  const written: string[] = [];
  let time = 5_000;
  const watch = progress({
    total,
    label: "work",
    terminal,
    write: (text) => written.push(text),
    now: () => time,
  });
  return { ...watch, written, wait: (milliseconds: number) => time += milliseconds };
}

Deno.test("a line shows the work, a bar, the share, the rate, the time left and the note", () => {
  assertEquals(
    progressLine(state, 100, false),
    `epoch 3/20 413/826  ${"━".repeat(15)}${"─".repeat(15)}  50%  12.3/s  0:33 left  loss 0.0221`,
  );
});

Deno.test("a line never is wider than the terminal; the bar gives way first", () => {
  for (let width = 1; width < 100; width++) assert(progressLine(state, width, false).length <= width);
  assertStringIncludes(progressLine(state, 65, false), "━");
  assertEquals(
    progressLine(state, 58, false),
    "epoch 3/20 413/826  50%  12.3/s  0:33 left  loss 0.0221",
  );
  assertEquals(progressLine(state, 50, false), "epoch 3/20 413/826  50%  0:33 left  loss 0.0221");
  assertEquals(progressLine(state, 33, false), "epoch 3/20 413/826  loss 0.0221");
  assertEquals(progressLine(state, 12, false), "epoch 3/20 …");
});

Deno.test("in 80 columns the best score shows, however long the run, on a terminal and elsewhere", () => {
  const notes = ["lr 1.00e-4", "loss 0.1128", "best macro-F1 0.523"];
  const long = { label: "epoch 100/100", done: 116520, total: 116520, rate: 0.04, notes };
  const line = progressLine(long, 79, false);
  assertEquals(line, "epoch 100/100 116520/116520  0:00 left  loss 0.1128  best macro-F1 0.523");
  const { update, wait, written } = watched(1000, false);
  wait(10_000);
  update(500, ...notes);
  assertEquals(written, [
    "work 500/1000  50%  0:10 left  lr 1.00e-4  loss 0.1128  best macro-F1 0.523\n",
  ]);
});

Deno.test("a line is as wide as the terminal draws it", () => {
  const wide = { label: "映画 cine\u0301ma", done: 1, total: 2, rate: 1, notes: ["映画".repeat(30)] };
  for (let width = 1; width < 160; width++) assert(displayWidth(progressLine(wide, width, false)) <= width);
  assertEquals(progressLine({ ...wide, notes: [], rate: 0 }, 15, false), "映画 cine\u0301ma 1/2");
});

Deno.test("colour changes nothing but the colour", () => {
  const colored = progressLine(state, 80, true);
  const codes = ["\x1b[36m", "\x1b[2m", "\x1b[0m"];
  assert(codes.every((code) => colored.includes(code)));
  assertEquals(
    codes.reduce((text, code) => text.replaceAll(code, ""), colored),
    progressLine(state, 80, false),
  );
});

Deno.test("work slower than one a second is told by the time of one", () => {
  assertStringIncludes(progressLine({ ...state, rate: 0.25 }, 100, false), "4.0 s each  27:32 left");
});

Deno.test("no work, and no known rate, are lines too", () => {
  assertEquals(progressLine({ label: "a", done: 0, total: 0, rate: 0 }, 20, false), "a 0/0  ━━━━━━━━━━━━━");
  assertEquals(progressLine({ label: "a", done: 0, total: 4, rate: 0 }, 20, false), "a 0/4  ─────────  0%");
});

Deno.test("times are read as on a clock", () => {
  assertEquals([0, 7.4, 59.6, 754, 3723].map(clock), ["0:00", "0:07", "1:00", "12:34", "1:02:03"]);
});

Deno.test("a terminal's line is redrawn in place, at most ten times a second", () => {
  const { update, end, wait, written } = watched(1000, true);
  for (let done = 1; done <= 1000; done++) {
    wait(2);
    update(done);
  }
  assertEquals(written.length, 20);
  assert(written.every((text) => text.startsWith("\r") && text.endsWith("\x1b[K")));
  assertStringIncludes(written.at(-1) ?? "", "500.0/s");
  end("done");
  assertEquals(written.at(-1), "\rwork 1000/1000  0:02  500.0/s  done\x1b[K\n");
});

Deno.test("slow work elsewhere gets a plain line every ten seconds", () => {
  const { update, end, wait, written } = watched(10_000, false);
  for (let done = 1; done <= 30; done++) {
    wait(1000);
    update(done, "loss 1");
  }
  const lines = written.join("").trimEnd().split("\n");
  assertEquals(lines.map((line) => line.split("  ")[0]), ["work 10/10000", "work 20/10000", "work 30/10000"]);
  assertEquals(lines[0], "work 10/10000  0%  1.0/s  2:46:30 left  loss 1");
  end();
  assertEquals(written.at(-1), "work 30/10000  0:30  1.0/s\n");
});

Deno.test("quicker work elsewhere gets a line every tenth of it, and work of a moment only its end", () => {
  const quick = watched(100, false), momentary = watched(100, false);
  for (let done = 1; done <= 100; done++) {
    quick.wait(200);
    quick.update(done);
    momentary.wait(1);
    momentary.update(done);
  }
  assertEquals(quick.written.length, 10);
  assertEquals(momentary.written, []);
  momentary.end();
  assertEquals(momentary.written, ["work 100/100  0:00  1000.0/s\n"]);
});

Deno.test("the time left follows a change of pace, and one slow start is forgotten", () => {
  const { update, wait, written } = watched(1000, true);
  wait(30_000);
  update(1);
  for (let done = 2; done <= 600; done++) {
    wait(100);
    update(done);
  }
  const rate = Number(written.at(-1)?.match(/([\d.]+)\/s/)?.[1]);
  assert(rate > 9 && rate <= 10, `${rate}`);
});

Deno.test("work that ends before it began has an end, too", () => {
  const { end, written } = watched(5, false);
  end("interrupted");
  assertEquals(written, ["work 0/5  0:00  interrupted\n"]);
});

Deno.test("bytes are shown as people read them", () => {
  const download = { label: "fetching films (bytes)", done: 1.35e9, total: 5.4e9, rate: 12_300_000 };
  assertEquals(
    progressLine(download, 60, false),
    "fetching films 1.35 GB of 5.40 GB  25%  12 MB/s  5:29 left",
  );
  assertStringIncludes(progressLine({ ...download, rate: 0.5 }, 100, false), "  0 kB/s  ");
});

Deno.test("what was done before counts as done, not as pace", () => {
  let time = 0;
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  const { update, end } = progress({
    total: 1000,
    label: "work",
    before: 600,
    terminal: false,
    write,
    now: () => time,
  });
  update(600);
  time += 10_000;
  update(700);
  assertEquals(written, ["work 700/1000  70%  10.0/s  0:30 left\n"]);
  end();
  assertEquals(written.at(-1), "work 700/1000  0:10  10.0/s\n");
});
