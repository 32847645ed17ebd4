/** Lists on the command line: items between commas. */
import { OnesheetError } from "../base/errors.ts";
import { show } from "../base/json.ts";

/** The items of `--option a,b`, without the spaces around them. An empty item and a repeated one are errors. */
export function listOf(option: string, text: string): string[] {
  const items = text.split(",").map((item) => item.trim());
  const repeated = items.find((item, i) => items.indexOf(item) < i);
  const found = items.includes("") ? `an empty one in ${show(text)}` : repeated && `${show(repeated)} twice`;
  if (found === undefined) return items;
  throw new OnesheetError(`Cannot use --${option}: expected each item once between commas, found ${found}`, {
    exitCode: 2,
  });
}
