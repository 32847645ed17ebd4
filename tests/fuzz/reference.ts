/** References: a Python that is asked, or what it once answered (tests/golden/fuzz). */
import { crc32 } from "node:zlib";
import { fileURLToPath } from "node:url";
import { linesOf } from "../../bench/child.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import type { Answer, Area, Question } from "./area.ts";
import { decode, encode } from "./codec.ts";

/** Whatever knows the right answers. */
export interface Reference extends AsyncDisposable {
  /** The right answer; `index` counts an area's questions. */
  ask(area: Area, question: Question, index: number): Promise<Answer>;
}

/** What a golden file holds of one question. */
interface Recorded {
  /** The question's checksum. */
  readonly question: number;
  readonly answer: Answer;
}

/** An area's golden file: answers to the questions of one seed. */
export interface Golden {
  readonly seed: string;
  readonly answers: readonly Recorded[];
}

const checksum = (question: Question): number => crc32(encode(question));

const goldenFile = (area: string): string =>
  fileURLToPath(new URL(`../golden/fuzz/${area}.json`, import.meta.url));

/** Reads an area's golden file. */
export const readGolden = (area: string): Golden => decode(Deno.readTextFileSync(goldenFile(area))) as Golden;

/** Writes it: the answers of a reference to questions of a seed. */
export async function writeGolden(
  area: Area,
  seed: string,
  questions: readonly Question[],
  reference: Reference,
): Promise<void> {
  const answers: string[] = [];
  for (const [index, question] of questions.entries()) {
    const answer = await reference.ask(area, question, index);
    answers.push(encode({ question: checksum(question), answer } satisfies Recorded));
  }
  await Deno.writeTextFile(
    goldenFile(area.name),
    `{"seed":${JSON.stringify(seed)},"answers":[\n${answers.join(",\n")}\n]}\n`,
  );
}

/** The answers of a golden file; another question than it has an answer to is an error. */
export const recorded = ({ answers }: Golden): Reference => ({
  ask: (area, question, index) => {
    if (answers[index]?.question === checksum(question)) return Promise.resolve(answers[index].answer);
    throw new OnesheetError(
      `Cannot check question ${index} of ${area.name}: the golden file has an answer to another; run deno task fuzz --goldens`,
    );
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

/** Starts a Python that answers; it lives until it is disposed of. */
export function openPython(python: string): Reference {
  const script = fileURLToPath(new URL("reference/main.py", import.meta.url));
  const process = new Deno.Command(python, { args: [script], stdin: "piped", stdout: "piped" }).spawn();
  const answers = linesOf(process.stdout), writer = process.stdin.getWriter();
  return {
    ask: async (area, question) => {
      await writer.write(new TextEncoder().encode(encode({ area: area.name, ...question }) + "\n"));
      const { value, done } = await answers.next();
      if (!done) return decode(value) as Answer;
      const { code, signal } = await process.status;
      throw new OnesheetError(
        `Cannot ask ${python} for ${area.name} ${question.kind}: it ended with ${
          signal ?? `exit code ${code}`
        }`,
      );
    },
    [Symbol.asyncDispose]: async () => {
      await writer.close().catch(() => {}); // it may have ended by itself
      for await (const _ of answers);
      await process.status;
    },
  };
}
