/**
 * NumPy's default random generator: PCG64 seeded through SeedSequence, so that a published split can be repeated.
 * Sources: O'Neill 2014, https://www.pcg-random.org/paper.html; numpy/random/bit_generator.pyx (SeedSequence),
 * src/pcg64, src/distributions (random_interval) and _generator.pyx (shuffle).
 */

/** A function that hashes one 32-bit word after another; its multiplier moves on with every word. */
function hasher(start: number, step: number): (word: number) => number {
  let multiplier = start;
  return (word) => {
    const mixed = word ^ multiplier;
    multiplier = Math.imul(multiplier, step);
    const value = Math.imul(mixed, multiplier);
    return (value ^ (value >>> 16)) >>> 0;
  };
}

/** SeedSequence(seed).generate_state(8): 8 words of 32 bits from a pool of 4; seeds up to 2^53. */
function seedWords(seed: number): Uint32Array {
  const entropy = [seed >>> 0, Math.floor(seed / 2 ** 32), 0, 0];
  const hashIn = hasher(0x43b0d7e5, 0x931e8875);
  const pool = entropy.map(hashIn);
  const mix = (x: number, y: number): number => {
    const value = Math.imul(x, 0xca01f9dd) - Math.imul(y, 0x4973f715);
    return (value ^ (value >>> 16)) >>> 0;
  };
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) {
      if (from !== to) pool[to] = mix(pool[to], hashIn(pool[from]));
    }
  }
  const hashOut = hasher(0x8b51f9dd, 0x58f38ded);
  return Uint32Array.from({ length: 8 }, (_, i) => hashOut(pool[i % 4]));
}

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const bits = (n: number, value: bigint): bigint => BigInt.asUintN(n, value);

/** 32-bit numbers of `numpy.random.PCG64(seed)`: the low half of each 64-bit number first. */
export function pcg64(seed: number): () => number {
  const words = new BigUint64Array(seedWords(seed).buffer);
  const increment = bits(128, ((words[2] << 64n | words[3]) << 1n) | 1n);
  let state = bits(128, (increment + (words[0] << 64n | words[1])) * MULTIPLIER + increment);
  let high: number | undefined;
  return () => {
    if (high !== undefined) {
      const half = high;
      high = undefined;
      return half;
    }
    state = bits(128, state * MULTIPLIER + increment);
    const folded = bits(64, state >> 64n) ^ bits(64, state);
    const turn = state >> 122n;
    const value = bits(64, (folded >> turn) | (folded << (64n - turn)));
    high = Number(value >> 32n);
    return Number(bits(32, value));
  };
}

/** An integer in [0, most] without bias, most < 2^32: as many low bits as `most` has, drawn again while above it. */
function upTo(most: number, next: () => number): number {
  const mask = 0xffffffff >>> Math.clz32(most);
  while (true) {
    const value = (next() & mask) >>> 0;
    if (value <= most) return value;
  }
}

/**
 * `numpy.random.default_rng(seed).permutation(n)`.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { permutation } from "./pcg64.ts";
 * assertEquals([...permutation(15552, 42).subarray(0, 4)], [8366, 9098, 13938, 10775]);
 * ```
 */
export function permutation(n: number, seed: number): Int32Array {
  const next = pcg64(seed);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = upTo(i, next);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
