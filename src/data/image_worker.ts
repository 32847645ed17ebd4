/** A thread that makes pictures ready. Its first message says how, each further one is a task with a number. */
import { messageOf } from "../base/errors.ts";
import { augmentationOf } from "./augment.ts";
import { BrokenPoster, type ImagePreparation, images, type Task } from "./images.ts";
import type { Answer, Setup } from "./image_workers.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent) => void;
  postMessage(answer: Answer, moved?: Transferable[]): void;
};

const begin = ({ path, preparation }: Setup): void => {
  const ready: ImagePreparation = { ...preparation, augment: preparation.augment.map(augmentationOf) };
  scope.onmessage = async ({ data: { id, ...task } }: MessageEvent<Task & { id: number }>) => {
    try {
      const image = await images(path, ready, task);
      scope.postMessage({ id, image }, [image.buffer]);
    } catch (error) {
      const broken = error instanceof BrokenPoster ? error.at : undefined;
      scope.postMessage({ id, error: messageOf(error), broken });
    }
  };
};

scope.onmessage = ({ data }: MessageEvent<Setup>) => begin(data);
