/** What a bad network, a bad hub and a bad repository can do to a download. */
import { type Campaign, tally } from "./campaign.ts";
import { answerFaults } from "./hub_answers.ts";
import { nameFaults } from "./hub_names.ts";
import { networkFaults } from "./hub_network.ts";

/** Faults of the hub. */
export const hub: Campaign = {
  name: "hub",
  promise: "What is fetched is whole and right, or a sentence says why not",
  how:
    "A hub on this machine, with a store on another port as the real one has it, cuts connections at random bytes, " +
    "falls silent, is busy, refuses, sends other bytes, redirects, does not end, and lists names, sizes and hashes " +
    "that lead elsewhere. A fault is survived when the file arrived byte for byte, or nothing was kept and one " +
    "sentence said why; the token never reached another host.",
  run: (scale, note) => tally([...networkFaults(scale), ...answerFaults, ...nameFaults], note),
};
