/** docs/RELIABILITY.md: one section a campaign, written from what the campaign found. */
import type { Campaign, Tally } from "./campaign.ts";

const END = "<!-- end of the campaigns -->";
const begin = (name: string) => `<!-- campaign: ${name} -->`;

/** A campaign's section. */
const section = ({ name, promise, how }: Campaign, { injected, survived, lost, details }: Tally): string => {
  const figures = [injected, survived, lost].map((count) => count.toLocaleString("en"));
  return [
    begin(name),
    `### ${promise}`,
    how,
    `Faults injected: **${figures[0]}**, survived: **${figures[1]}**, lost: **${figures[2]}**. ` +
    `Again: \`deno task faults ${name}\``,
    details.map((detail) => `- ${detail.replaceAll("\n", " ")}`).join("\n"),
  ].join("\n\n") + "\n\n";
};

/** The page with the section of a campaign written anew; a campaign it does not know comes last. */
export function written(page: string, campaign: Campaign, found: Tally): string {
  const from = page.indexOf(begin(campaign.name));
  const start = from < 0 ? page.indexOf(END) : from;
  const next = page.slice(start + 1).search(/<!-- (campaign: |end of the campaigns)/);
  const end = from < 0 ? start : start + 1 + next;
  return page.slice(0, start) + section(campaign, found) + page.slice(end);
}
