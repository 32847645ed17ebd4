/** EfficientNets of torchvision, timm and efficientnet_pytorch: whose layers are called how. */
import type { Rename } from "./rename.ts";

/** What the names depend on. */
export interface EfficientNetBlocks {
  /** In order: how many blocks, and whether (other than 1) they have a convolution that expands. */
  readonly stages: readonly { readonly blocks: number; readonly expand: number }[];
  /** Whether blocks have squeeze-and-excitation; they do unless told. */
  readonly squeeze?: boolean;
}

/** The layers of a block by what timm and efficientnet_pytorch call them. */
function inBlock(
  expands: boolean,
  squeeze: boolean,
): readonly (readonly [timm: string, other: string, own: string])[] {
  const depthwise = expands ? 1 : 0;
  const project = depthwise + (squeeze ? 2 : 1);
  return [
    ...expands ? [["conv_pw", "_expand_conv", "0.0"], ["bn1", "_bn0", "0.1"]] as const : [],
    ["conv_dw", "_depthwise_conv", `${depthwise}.0`],
    [expands ? "bn2" : "bn1", "_bn1", `${depthwise}.1`],
    ["se.conv_reduce", "_se_reduce", `${depthwise + 1}.fc1`],
    ["se.conv_expand", "_se_expand", `${depthwise + 1}.fc2`],
    [expands ? "conv_pwl" : "conv_pw", "_project_conv", `${project}.0`],
    [expands ? "bn3" : "bn2", "_bn2", `${project}.1`],
  ];
}

/** The model's path of every layer by its path in timm and in efficientnet_pytorch. */
function pathsOf({ stages, squeeze = true }: EfficientNetBlocks): ReadonlyMap<string, string> {
  const head = `features.${stages.length + 1}`;
  const paths = new Map<string, string>([
    ...[["conv_stem", "features.0.0"], ["bn1", "features.0.1"]] as const,
    ...[["conv_head", `${head}.0`], ["bn2", `${head}.1`]] as const,
    ...[["_conv_stem", "features.0.0"], ["_bn0", "features.0.1"]] as const,
    ...[["_conv_head", `${head}.0`], ["_bn1", `${head}.1`]] as const,
  ]);
  let place = 0;
  for (const [stage, { blocks, expand }] of stages.entries()) {
    for (let block = 0; block < blocks; block++, place++) {
      for (const [timm, other, own] of inBlock(expand !== 1, squeeze)) {
        const path = `features.${stage + 1}.${block}.block.${own}`;
        paths.set(`blocks.${stage}.${block}.${timm}`, path).set(`_blocks.${place}.${other}`, path);
      }
    }
  }
  return paths;
}

/**
 * EfficientNet checkpoints to torchvision's names, which are the model's: from torchvision itself, from timm
 * (`blocks.1.0.conv_pw`) and from efficientnet_pytorch (`_blocks.2._expand_conv`). Their classifiers are dropped unless
 * told.
 *
 * ```ts
 * import { efficientNetNames } from "./rename_efficientnet.ts";
 * const rename = efficientNetNames({ stages: [{ blocks: 1, expand: 1 }, { blocks: 2, expand: 6 }] });
 * console.assert(rename("blocks.1.0.conv_pw.weight") === "features.2.0.block.0.0.weight");
 * console.assert(rename("_blocks.2._bn2.bias") === "features.2.1.block.3.1.bias");
 * console.assert(rename("classifier.weight") === undefined);
 * ```
 */
export function efficientNetNames(
  blocks: EfficientNetBlocks,
  { classifier = false }: { readonly classifier?: boolean } = {},
): Rename {
  const paths = pathsOf(blocks);
  return (name) => {
    const [, array] = /^(?:classifier|classifier\.1|_fc)\.(weight|bias)$/.exec(name) ?? [];
    if (array !== undefined) return classifier ? `classifier.1.${array}` : undefined;
    const end = name.lastIndexOf(".");
    const path = paths.get(name.slice(0, end));
    return path === undefined ? name : path + name.slice(end);
  };
}
