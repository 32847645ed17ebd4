/** `fetchDataset` in a process of its own, so that a test can run two at once and kill one. Arguments: repository, places. */
import { messageOf } from "../../src/base/errors.ts";
import { fetchDataset } from "../../src/data/hub.ts";

try {
  const [repo, places] = Deno.args;
  console.log(await fetchDataset(repo, (what) => console.error(what), JSON.parse(places)));
} catch (error) {
  console.error(messageOf(error));
  Deno.exit(1);
}
