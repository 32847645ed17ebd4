/** BERT (Devlin et al. 2018, https://arxiv.org/abs/1810.04805), as transformers' `BertModel` computes and names it. */
import { attention } from "../../src/ops/attention.ts";
import { type Tensor, tf } from "../../src/tensor.ts";
import type { Layer, Node, Scope } from "../../src/dsl/node.ts";
import { features, sameShape, showShape } from "../../src/dsl/shape.ts";
import { dropout } from "../dropout.ts";
import { embedding } from "../embedding.ts";
import { add, firstToken, gelu, tanh, unsqueeze } from "../functions.ts";
import { normal, withZeroRow, zeros } from "../init.ts";
import { linear } from "../linear.ts";
import { layerNorm } from "../norm.ts";

/** The shape of a BERT; the defaults are `bert-base-uncased`. */
export interface BertOptions {
  /** Rows of the word table; 30522 unless given. */
  readonly vocabulary?: number;
  /** Size of every token's vector; 768 unless given. */
  readonly width?: number;
  /** Encoder layers; 12 unless given. */
  readonly layers?: number;
  /** Attention heads of each layer, which divide the width; 12 unless given. */
  readonly heads?: number;
  /** Width of the feed-forward layers; 4 times the width unless given. */
  readonly hidden?: number;
  /** Longest text, in tokens; 512 unless given. */
  readonly positions?: number;
  /** Rate of every dropout, that of the attention probabilities included; 0.1 unless given. */
  readonly dropout?: number;
}

/** What a text tower reads. */
export interface Text {
  /** WordPiece ids, int32 `[batch, tokens]`; 0 is [PAD]. */
  readonly ids: Node;
  /** 1 where there is a token, 0 where there is padding; int32 `[batch, tokens]`. */
  readonly mask: Node;
}

const EPSILON = 1e-12;
const first = normal(0.02);
const dense = (out: number): Layer => linear(out, { init: { weight: first, bias: zeros } });
const norm = () => layerNorm({ epsilon: EPSILON });

/** Vectors of tokens, in blocks. */
export interface Arrangement {
  /** `[batch, tokens, width]` */
  readonly vectors: Node;
  /** How many tokens each block has: at most 2 blocks, whose positions count from 0 and whose segment is their place. */
  readonly blocks: readonly number[];
}

/** What an encoder is given, and which of it may be seen. */
export interface Embedded {
  /** `[batch, tokens, width]` */
  readonly tokens: Node;
  /** 1 where there is a token, 0 where there is padding; int32 `[batch, tokens]`. */
  readonly mask: Node;
}

const SEGMENTS = 2;

const joined = (parts: readonly Tensor[]): Tensor => parts.length === 1 ? parts[0] : tf.concat([...parts], 0);

/** Adds rows of a table to the tokens; `chosen` takes them from it. */
const addRows = (rows: number, chosen: (table: Tensor, width: number) => Tensor): Layer => (x, at) => {
  const size = features(x, at);
  const weight = at.weight("weight", [rows, size], first);
  return at.node([x], [weight], x.shape, ([x], [table]) => tf.add(x, chosen(table, size)));
};

const addPositions = (rows: number, blocks: readonly number[]): Layer => (x, at) => {
  const most = Math.max(...blocks);
  if (most > rows) {
    at.fail(
      `expected at most ${rows} tokens, found ${most}; cut texts to ${rows} or give the model more positions`,
    );
  }
  return addRows(rows, (table, size) => joined(blocks.map((n) => tf.slice(table, [0, 0], [n, size]))))(x, at);
};

const addSegments = (blocks: readonly number[]): Layer =>
  addRows(SEGMENTS, (table, size) => {
    const row = (i: number) => tf.slice(table, [i, 0], [1, size]);
    return blocks.length === 1 ? row(0) : joined(blocks.map((n, i) => tf.tile(row(i), [n, 1])));
  });

const asText = (words: Node): Arrangement => ({ vectors: words, blocks: [words.shape[1] as number] });

/**
 * BERT's embeddings: LayerNorm(words + positions + segments). `[batch, tokens] -> [batch, tokens, width]`.
 *
 * Names as transformers': `word_embeddings`, `position_embeddings`, `token_type_embeddings`, `LayerNorm`.
 *
 * @param arrange puts the words' vectors in blocks, with others among them; one block of words unless given
 */
export const bertEmbeddings =
  (options: BertOptions = {}, arrange: (words: Node) => Arrangement = asText): Layer => (ids, at) => {
    const { vocabulary = 30522, width = 768, positions = 512, dropout: rate = 0.1 } = options;
    if (ids.shape.length !== 2) {
      at.fail(`expected ids of shape [batch, tokens], found ${showShape(ids.shape)}`);
    }
    const init = withZeroRow(first, 0);
    const words = embedding(vocabulary, width, { paddingIndex: 0, init })(ids, at("word_embeddings"));
    const { vectors, blocks } = arrange(words);
    const tokens = blocks.reduce((sum, n) => sum + n, 0);
    if (!sameShape(vectors.shape.slice(1), [tokens, width]) || blocks.length > SEGMENTS) {
      at.fail(
        `expected vectors of shape [batch, ${tokens}, ${width}] in ${SEGMENTS} blocks or one, found ${
          showShape(vectors.shape)
        } in ${blocks.length}`,
      );
    }
    const placed = addPositions(positions, blocks)(vectors, at("position_embeddings"));
    const typed = addSegments(blocks)(placed, at("token_type_embeddings"));
    return dropout(rate)(norm()(typed, at("LayerNorm")), at("dropout"));
  };

/** What looks and what is looked at: `[batch, queries, width]` and `[batch, tokens, width]`. */
interface Looks {
  readonly from: Node;
  readonly to: Node;
}

const attend = (heads: number, rate: number, mask: Node): Layer<Looks> => ({ from, to }, at) => {
  const size = features(to, at);
  if (size % heads !== 0) at.fail(`expected a width that divides into ${heads} heads, found ${size}`);
  const self = at("self");
  const parts = [from, to, to].map((x, i) => dense(size)(x, self(["query", "key", "value"][i])));
  const place = self("dropout");
  const mixed = place.node([...parts, mask], [], from.shape, ([query, key, value, mask], _, run) => {
    const dropout = { rate, seed: run.seed(place.path) };
    return attention(query, key, value, heads, { mask, dropout });
  });
  return addAndNorm(mixed, from, rate, at("output"));
};

/** LayerNorm(dropout(dense(h)) + x). */
const addAndNorm = (h: Node, x: Node, rate: number, at: Scope): Node => {
  const out = dropout(rate)(dense(features(x, at))(h, at("dense")), at("dropout"));
  return norm()(add(out, x), at("LayerNorm"));
};

const encoderLayer =
  (heads: number, hidden: number, rate: number, mask: Node): Layer<Looks> => (looks, at) => {
    const attended = attend(heads, rate, mask)(looks, at("attention"));
    const inner = gelu(dense(hidden)(attended, at("intermediate")("dense")));
    return addAndNorm(inner, attended, rate, at("output"));
  };

/** The encoder's layers; the last one computes the hidden states of the tokens that are `wanted` of its input. */
const encode =
  (options: BertOptions, wanted: (x: Node) => Node): Layer<Embedded> => ({ tokens, mask }, at) => {
    const { width = 768, layers = 12, heads = 12, dropout = 0.1 } = options;
    const { hidden = 4 * width } = options;
    if (!sameShape(mask.shape, tokens.shape.slice(0, 2))) {
      const ids = showShape(tokens.shape.slice(0, 2));
      at.fail(`expected a mask of the ids' shape ${ids}, found ${showShape(mask.shape)}`);
    }
    const layer = at("encoder")("layer");
    return Array.from({ length: layers }).reduce<Node>(
      (h, _, i) => {
        const from = i === layers - 1 ? wanted(h) : h;
        return encoderLayer(heads, hidden, dropout, mask)({ from, to: h }, layer(i));
      },
      tokens,
    );
  };

const embedded = (options: BertOptions, { ids, mask }: Text, at: Scope): Embedded => ({
  tokens: bertEmbeddings(options)(ids, at("embeddings")),
  mask,
});

/**
 * Any BERT's last hidden states. `[batch, tokens] -> [batch, tokens, width]`.
 *
 * Names as transformers': `embeddings.word_embeddings.weight`, `encoder.layer.0.attention.self.query.weight`, ….
 */
export const bertEncoder = (options: BertOptions = {}): Layer<Text> => (text, at) =>
  encode(options, (x) => x)(embedded(options, text, at), at);

/**
 * What a BERT makes of tokens that are already embedded: tanh(dense(hidden state of the first)).
 * `[batch, tokens, width] -> [batch, width]`. The last layer computes nothing but that state: the other tokens' would
 * go nowhere.
 *
 * Names as transformers': `encoder.layer.0.attention.self.query.weight`, …, `pooler.dense`.
 */
export const bertPooled = (options: BertOptions = {}): Layer<Embedded> => (tokens, at) => {
  const cls = firstToken(encode(options, (x) => unsqueeze(firstToken(x)))(tokens, at));
  return tanh(dense(features(cls, at))(cls, at("pooler")("dense")));
};

/**
 * Any BERT's pooled output: tanh(dense(hidden state of [CLS])). `[batch, tokens] -> [batch, width]`, as
 * {@link bertPooled} of {@link bertEmbeddings}.
 *
 * Names as {@link bertEncoder}'s, and `pooler.dense`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bert, build } from "../../mod.ts";
 *
 * const small = bert({ width: 128, layers: 2, heads: 2 });
 * const inputs = { ids: ["batch", 64], mask: ["batch", 64] } as const;
 * const model = build(({ ids, mask }, at) => small({ ids, mask }, at("text")), inputs);
 * assertEquals(model.output.shape, ["batch", 128]);
 * assertEquals(model.params[0].name, "text.embeddings.word_embeddings.weight");
 * ```
 */
export const bert = (options: BertOptions = {}): Layer<Text> => (text, at) =>
  bertPooled(options)(embedded(options, text, at), at);
