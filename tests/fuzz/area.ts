/** What a part of the library is asked at random, and how its answer is compared with a reference's. */
import type { Values } from "../../src/base/value.ts";
import type { Engine } from "../../src/tensor.ts";
import type { Draw } from "./draw.ts";

/** A random configuration, which both sides are asked. */
export interface Question {
  /** What is asked. */
  readonly kind: string;
  /** Plain data. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Arrays. */
  readonly inputs: Values;
}

/** Draws a question of a kind. */
export type Generator = (draw: Draw) => Partial<Omit<Question, "kind">>;

/** A part of the library. */
export interface Area {
  /** As `deno task fuzz` takes it, and what its reference is called in `reference/`. */
  readonly name: string;
  /** What computes the right answer. */
  readonly against: string;
  /** Python's packages that this takes. */
  readonly packages: readonly string[];
  /** Whether the engine computes it, so that each engine is asked. */
  readonly isComputed: boolean;
  /** The largest deviation that holds. */
  readonly limit: number;
  /** Its generators. */
  readonly kinds: Readonly<Record<string, Generator>>;
  /**
   * Our answer, in the form of the reference's. What the reference `gave` beside its answer, such as a file to read, is
   * `given`.
   */
  answer(question: Question, engine: Engine | undefined, given: unknown): Promise<unknown> | unknown;
}

/** A reference's answer. */
export interface Answer {
  /** What is right. */
  readonly right?: unknown;
  /** What is to be read. */
  readonly given?: unknown;
  /** Why there is none: the reference refuses the question, and so must we. */
  readonly refused?: string;
}
