/** Settings of a published model in the form of transformers, so that its own loaders prepare images and texts. */

/** What the data of a recipe says of its pictures and texts, as it is saved. */
export interface Prepared {
  readonly pixels?: number;
  /** The shorter side before a square is cut out; without it the whole picture is squeezed into the square. */
  readonly resize?: number;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly tokens?: number;
  /** Of a graph: the source that it is of. */
  readonly of?: Prepared;
}

/** Pillow's number of the bilinear filter. */
const BILINEAR = 2;

/** `preprocessor_config.json`; undefined where the settings do not tell how a picture is prepared. */
export function imageProcessorConfig({ pixels, resize, mean, std, of }: Prepared): unknown {
  if (of !== undefined) return imageProcessorConfig(of);
  if (pixels === undefined || mean === undefined || std === undefined) return undefined;
  const square = { height: pixels, width: pixels };
  return {
    image_processor_type: resize === undefined ? "ViTImageProcessor" : "CLIPImageProcessor",
    do_convert_rgb: true,
    do_resize: true,
    size: resize === undefined ? square : { shortest_edge: resize },
    resample: BILINEAR,
    ...resize !== undefined && { do_center_crop: true, crop_size: square },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: mean,
    image_std: std,
  };
}

/** `tokenizer_config.json`. `special` has the entries for padding, the unknown word, and those around a text. */
export const tokenizerConfigOf = (
  [pad, unk, cls, sep]: readonly string[],
  { tokens, of }: Prepared,
): unknown => ({
  tokenizer_class: "PreTrainedTokenizerFast",
  model_max_length: tokens ?? of?.tokens,
  ...{ padding_side: "right", truncation_side: "right", clean_up_tokenization_spaces: true },
  ...{ pad_token: pad, unk_token: unk, cls_token: cls, sep_token: sep },
  model_input_names: ["input_ids", "attention_mask"],
});
