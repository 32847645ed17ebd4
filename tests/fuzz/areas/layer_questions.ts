/** What layers are asked: settings and inputs. */
import { float32, int32, type Values } from "../../../src/base/value.ts";
import type { Generator } from "../area.ts";
import type { Draw } from "../draw.ts";

/** Images that windows of a size are moved over, by strides above it and with more padding than it, too. */
function windows(draw: Draw, size: number) {
  const stride = draw.int(1, 5),
    padding = draw.chance(0.25) ? "same" : draw.int(0, draw.pick(size >> 1, size, size + 2));
  const sides = [draw.int(1, 13), draw.int(1, 13)];
  const isSmall = padding !== "same" && Math.min(...sides) + 2 * padding < size;
  const [height, width] = isSmall ? sides.map((side) => side + size) : sides;
  return { window: { stride, padding }, shape: [draw.int(1, 3), height, width, draw.int(1, 6)] };
}

/** A graph as a list of edges, twice the same and to themselves included, or as lists of neighbours with gaps. */
function graph(draw: Draw, features: number): Values {
  const nodes = draw.int(1, 12), count = draw.int(1, 4 * nodes);
  const x = draw.numbers([nodes, features], 1);
  const loops = draw.chance(0.5) ? [...Array(nodes).keys()] : [];
  const [from, to] = [draw.ints(count, nodes), draw.ints(count, nodes)].map((ends) => [...ends, ...loops]);
  if (draw.chance(0.5)) return { x, edges: int32([2, from.length], [...from, ...to]) };
  const known = Array.from({ length: nodes }, (_, node) => from.filter((_, i) => to[i] === node));
  const width = Math.max(1, ...known.map((list) => list.length)) + draw.int(0, 2);
  const neighbours: number[] = [], mask: number[] = [];
  for (const list of known) {
    const places = draw.order(width).slice(0, list.length);
    for (let i = 0; i < width; i++) {
      const place = places.indexOf(i);
      neighbours.push(place < 0 ? draw.int(0, nodes - 1) : list[place]);
      mask.push(place < 0 ? 0 : 1);
    }
  }
  return { x, neighbours: int32([nodes, width], neighbours), mask: int32([nodes, width], mask) };
}

/** Numbers that may lie far from 0, or be all the same. */
function spread(draw: Draw, shape: readonly number[]) {
  const shift = draw.pick(0, 1, 10, 100), isFlat = draw.chance(0.2);
  const x = draw.numbers(shape);
  return float32(shape, x.data.map((value) => (isFlat ? x.data[0] : value) + shift) as Float32Array);
}

const vectors = (draw: Draw, features: number) => ({
  x: draw.numbers([...draw.shape(draw.int(1, 3), 5), features]),
});

/** Generators by layer. */
export const kinds: Readonly<Record<string, Generator>> = {
  linear: (draw) => ({
    settings: { out: draw.int(1, 40), bias: draw.chance(0.5) },
    inputs: vectors(draw, draw.int(1, 40)),
  }),
  conv2d: (draw) => {
    const kernel = draw.int(1, 6), { window, shape } = windows(draw, kernel);
    return {
      settings: { out: draw.int(1, 6), kernel, bias: draw.chance(0.5), ...window },
      inputs: { x: draw.numbers(shape) },
    };
  },
  depthwiseConv2d: (draw) => {
    const kernel = draw.int(1, 6), { window, shape } = windows(draw, kernel);
    return { settings: { kernel, bias: draw.chance(0.5), ...window }, inputs: { x: draw.numbers(shape) } };
  },
  maxPool: (draw) => {
    const size = draw.int(1, 6), { window, shape } = windows(draw, size), x = draw.numbers(shape);
    const [isTied, isNegative] = [draw.chance(0.3), draw.chance(0.3)];
    const change = (value: number) => {
      const rounded = isTied ? Math.round(value) : value;
      return isNegative ? -Math.abs(rounded) - 1 : rounded;
    };
    return {
      settings: { size, ...window },
      inputs: { x: float32(shape, x.data.map(change) as Float32Array) },
    };
  },
  meanPool: (draw) => ({ inputs: { x: draw.numbers([...draw.shape(3, 30), draw.int(1, 4)]) } }),
  adaptiveMeanPool: (draw) => ({
    settings: { rows: draw.int(1, 9), columns: draw.int(1, 9) },
    inputs: { x: draw.numbers([draw.int(1, 3), draw.int(1, 15), draw.int(1, 15), draw.int(1, 4)]) },
  }),
  batchNorm: (draw) => {
    const outer = [draw.int(2, 6), ...draw.shape(draw.int(0, 2), 5)];
    return {
      settings: {
        epsilon: 10 ** draw.uniform(-8, -2),
        momentum: draw.pick(0.1, 0.01, 1, 0, draw.uniform(0, 1)),
      },
      inputs: { x: spread(draw, [...outer, draw.int(1, 8)]) },
    };
  },
  layerNorm: (draw) => ({
    settings: { epsilon: 10 ** draw.uniform(-12, -2) },
    inputs: {
      x: spread(draw, [
        ...draw.shape(draw.int(1, 3), 5),
        draw.pick(1, 2, draw.int(3, 20), draw.int(21, 300)),
      ]),
    },
  }),
  embedding: (draw) => {
    const rows = draw.int(1, 30);
    return {
      settings: {
        rows,
        features: draw.int(1, 12),
        ...draw.chance(0.5) && { paddingIndex: draw.int(0, rows - 1) },
      },
      inputs: { x: draw.ids(draw.shape(draw.int(1, 3), 6), rows) },
    };
  },
  selfAttention: (draw) => {
    const heads = draw.int(1, 5);
    return {
      settings: { heads },
      inputs: { x: draw.numbers([...draw.shape(2, 6), heads * draw.int(1, 7)], 1) },
    };
  },
  swiglu: (draw) => ({
    settings: { out: draw.int(1, 20), expansion: draw.pick(8 / 3, 1, 2, 4, draw.uniform(1, 4)) },
    inputs: vectors(draw, draw.int(1, 20)),
  }),
  gatedUnit: (draw) => {
    const rows = draw.int(1, 5);
    return {
      settings: { width: draw.int(1, 12) },
      inputs: { a: draw.numbers([rows, draw.int(1, 12)]), b: draw.numbers([rows, draw.int(1, 12)]) },
    };
  },
  maxout: (draw) => ({
    settings: { out: draw.int(1, 8), pieces: draw.int(1, 5) },
    inputs: vectors(draw, draw.int(1, 10)),
  }),
  squeezeExcitation: (draw) => ({
    settings: { squeezed: draw.int(1, 6) },
    inputs: { x: draw.numbers(draw.shape(4, 7)) },
  }),
  activationMapAttention: (draw) => ({
    settings: { labels: draw.int(1, 5) },
    inputs: { x: draw.numbers(draw.shape(4, 6)) },
  }),
  meanTokens: (draw) => {
    const [batch, tokens] = draw.shape(2, 8), mask = draw.bits([batch, tokens], 0.6).data;
    const seen = mask.map((bit, i) => i % tokens === 0 ? 1 : bit) as Int32Array; // a text has a token
    return {
      inputs: { tokens: draw.numbers([batch, tokens, draw.int(1, 5)]), mask: int32([batch, tokens], seen) },
    };
  },
  weightedSum: (draw) => {
    const shape = draw.shape(2, 6);
    return { inputs: { a: draw.numbers(shape), b: draw.numbers(shape), c: draw.numbers(shape) } };
  },
  reconstruction: (draw) => {
    const rows = draw.int(1, 5);
    return {
      settings: { hidden: draw.int(1, 8) },
      inputs: { a: draw.numbers([rows, draw.int(1, 8)]), b: draw.numbers([rows, draw.int(1, 8)]) },
    };
  },
  gcn: (draw) => ({ settings: { out: draw.int(1, 6) }, inputs: graph(draw, draw.int(1, 8)) }),
  sage: (draw) => ({ settings: { out: draw.int(1, 6) }, inputs: graph(draw, draw.int(1, 8)) }),
  gat: (draw) => ({
    settings: {
      ...{ out: draw.int(1, 6), heads: draw.int(1, 4), join: draw.pick("concat", "mean") },
      ...{ slope: draw.uniform(0, 0.9), residual: draw.chance(0.5) },
    },
    inputs: graph(draw, draw.int(1, 8)),
  }),
  bert: (draw) => {
    const heads = draw.int(1, 4), vocabulary = draw.int(5, 40), positions = draw.int(6, 20);
    const batch = draw.int(1, 4), tokens = draw.int(2, positions);
    const ends = draw.ints(batch, tokens).map((end) => end + 1);
    const mask = Array.from(
      { length: batch * tokens },
      (_, i) => i % tokens < ends[Math.floor(i / tokens)] ? 1 : 0,
    );
    const ids = draw.ints(batch * tokens, vocabulary - 1).map((id, i) => mask[i] * (id + 1));
    return {
      settings: {
        vocabulary,
        width: heads * draw.int(2, 6),
        layers: draw.int(1, 3),
        heads,
        hidden: draw.int(1, 30),
        positions,
      },
      inputs: { ids: int32([batch, tokens], ids), mask: int32([batch, tokens], mask) },
    };
  },
};
