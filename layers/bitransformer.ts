/**
 * A multimodal bitransformer (Kiela et al. 2019, https://arxiv.org/abs/1909.02950): a BERT that is shown an image as
 * a few tokens in front of the text.
 */
import { type Tensor, tf } from "../src/tensor.ts";
import type { Layer, Node, Scope } from "../src/dsl/node.ts";
import { sameShape, showShape } from "../src/dsl/shape.ts";
import { type Arrangement, bertEmbeddings, type BertOptions, bertPooled } from "./backbones/bert.ts";

/** Settings of {@link bitransformer}. */
export interface BitransformerOptions extends BertOptions {
  /** Id of the [SEP] between image and text; 102, bert-base-uncased's, unless given. */
  readonly separator?: number;
}

/** What a bitransformer is shown. */
export interface ImageAndText {
  /** One image's tokens, `[batch, image tokens, width]`. */
  readonly image: Node;
  /** WordPiece ids that begin with [CLS], int32 `[batch, tokens]`; 0 is [PAD]. */
  readonly ids: Node;
  /** 1 where there is a token, 0 where there is padding; int32 `[batch, tokens]`. */
  readonly mask: Node;
}

/** Columns `from` to before `end` of the second axis. */
const columns = (x: Tensor, from: number, end: number): Tensor => {
  const [batch, , ...rest] = x.shape;
  return tf.slice(x, [0, from, ...rest.map(() => 0)], [batch, end - from, ...rest]);
};

/** [CLS] and the rest with `count` equal numbers between them. `[batch, tokens] -> [batch, tokens + count]`, int32. */
const between = (count: number, value: number): Layer => (x, at) => {
  const tokens = x.shape[1] as number;
  const node = at.node([x], [], [x.shape[0], tokens + count], ([x]) => {
    const filled = tf.fill([x.shape[0]!, count], value, "int32");
    return tf.concat([columns(x, 0, 1), filled, columns(x, 1, tokens)], 1);
  });
  return { ...node, arranges: true };
};

/** [CLS], the image, [SEP] as one block, the rest of the text as the other. */
const withImage = (image: Node, at: Scope) => (words: Node): Arrangement => {
  const [batch, tokens, width] = words.shape as [Node["shape"][number], number, number];
  const count = image.shape[1] as number;
  const vectors = at.node(
    [words, image],
    [],
    [batch, tokens + count, width],
    ([words, image]) => tf.concat([columns(words, 0, 1), image, columns(words, 1, tokens)], 1),
  );
  return { vectors, blocks: [count + 2, tokens - 2] };
};

/**
 * A BERT over [CLS], image tokens, [SEP] (segment 0, positions from 0) and the text after its own [CLS] (segment 1,
 * positions from 0 again), pooled at [CLS]. Both blocks share the tables and the LayerNorm.
 * `[batch, image tokens, width]` and `[batch, tokens] -> [batch, width]`.
 *
 * Names as `bert`'s.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bitransformer, build, imageTokens, linear } from "../mod.ts";
 *
 * const model = build(({ map, ids, mask }, at) => {
 *   const image = linear(24)(imageTokens(3)(map, at("pool")), at("image_tokens"));
 *   return bitransformer({ width: 24, layers: 2, heads: 2 })({ image, ids, mask }, at("text"));
 * }, { map: ["batch", 7, 7, 64], ids: ["batch", 16], mask: ["batch", 16] });
 * assertEquals(model.output.shape, ["batch", 24]);
 * ```
 */
export const bitransformer =
  ({ separator = 102, ...options }: BitransformerOptions = {}): Layer<ImageAndText> =>
  ({ image, ids, mask }, at) => {
    const { width = 768, vocabulary = 30522 } = options;
    if (separator >= vocabulary) {
      at.fail(`expected a separator below ${vocabulary}, the rows of the word table, found ${separator}`);
    }
    if (image.shape.length !== 3 || image.shape[2] !== width) {
      at.fail(`expected an image of shape [batch, image tokens, ${width}], found ${showShape(image.shape)}`);
    }
    if (ids.shape.length !== 2 || !sameShape(ids.shape, mask.shape)) {
      at.fail(
        `expected ids and a mask of shape [batch, tokens], found ${showShape(ids.shape)} and ${
          showShape(mask.shape)
        }`,
      );
    }
    const embeddings = at("embeddings");
    const words = between(1, separator)(ids, at("separator"));
    const tokens = bertEmbeddings(options, withImage(image, embeddings))(words, embeddings);
    const seen = between((image.shape[1] as number) + 1, 1)(mask, at("seen"));
    return bertPooled(options)({ tokens, mask: seen }, at);
  };
