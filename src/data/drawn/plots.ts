/** Plots of drawn films: a title, an opening, one sentence for each genre that words tell, and sentences that tell nothing. */
import type { Random } from "../../base/random.ts";
import type { Genre } from "./genres.ts";

const titles: readonly string[] = [
  "The {reluctant|borrowed|invisible|second-best|unpaid|wandering} {teapot|cardigan|umbrella|turnip|wardrobe|stapler}",
  "{Seven|Eleven|Almost forty|A dozen} {umbrellas|sandwiches|bicycles|lampshades|kettles}",
  "{Gerald|Agnes|Mrs Pettigrew|Bartholomew|Little Otto} and the {pudding|bicycle|lampshade|wheelbarrow}",
  "{Goodbye,|Hello again,|Three cheers for|Nothing for} {Gerald|Agnes|Mrs Pettigrew|Bartholomew}",
];

const openings: readonly string[] = [
  "{A retired baker|An accountant called Gerald|A nervous beekeeper|A lighthouse keeper|A night-bus driver|" +
  "The mayor of a very small town|A substitute teacher|A widowed plumber|An apprentice clockmaker|A disgraced florist} " +
  "{inherits a windmill|moves back to the coast|takes a job at the harbour|cannot return a library book|" +
  "buys a boat by mistake|is mistaken for an ambassador|rents the flat upstairs|wins a goat in a raffle|" +
  "opens a shop for left-handed scissors|starts again in a caravan}.",
];

const fillers: readonly string[] = [
  "It rains on {Tuesday|Thursday|Sunday|the birthday}.",
  "{A goat|The landlord|An elderly cousin} watches everything.",
  "Nobody has paid the {electricity|telephone|laundry} bill.",
  "The {neighbours|twins|grandparents} have opinions.",
  "There is {soup|cabbage|cake} for dinner.",
  "The council repaints {a bench|the bus stop|the pier}.",
  "{A cousin|The dentist|An uncle} visits and stays for months.",
];

/** By genre; a genre that only pictures tell has none. */
const cues: Partial<Record<Genre, readonly string[]>> = {
  Adventure: [
    "A {faded|stolen|upside-down} map leads to buried treasure.",
    "An expedition sets out across the {jungle|glacier|swamp}.",
    "The raft must reach the {volcano|lost temple|waterfall} before {rivals|winter|lunch}.",
    "Treasure waits beyond the {jungle|whirlpool|lost temple}.",
    "A perilous voyage begins with {one compass|a leaking raft|no sandwiches}.",
    "Explorers cross the rope bridge, {map|compass} in hand.",
  ],
  Comedy: [
    "A {silly|hilarious|absurd} mix-up involves {a wig|the wrong trousers|a stuffed moose}.",
    "Every {joke|prank} ends with somebody in the {fountain|soup|cake}.",
    "{A hilarious|An absurd} disguise fools {nobody|only the dog|the council}.",
    "{Slapstick|Jokes} and pies fly across the {office|town hall|dining room}.",
    "Someone slips on a banana and {blames the goat|keeps the hat|becomes famous}.",
    "A {silly|hilarious} prank gets out of hand.",
  ],
  Horror: [
    "A {pale|faceless|hungry} ghost haunts the {cellar|corridor|nursery}.",
    "Screams echo from the {graveyard|well|attic} every night.",
    "An ancient curse wakes something with {too many teeth|cold hands|no shadow}.",
    "The creature {whispers|feeds|crawls} in the {dark|graveyard|cellar}.",
    "Nobody survives the haunted {dollhouse|asylum|mill}.",
    "A nightmare {crawls|drips|creeps} out of the {mirror|wallpaper|drain}.",
  ],
  Mystery: [
    "A detective finds a clue in the {pantry|piano stool|aquarium}.",
    "The {butler|postman|chess champion} has vanished from a locked room.",
    "Every suspect has an alibi except the {cook|vicar|parrot}.",
    "A {cryptic|coded|torn} note points to an old secret.",
    "Footprints lead to the {greenhouse|attic|pier}, a clue to the {riddle|secret}.",
    "Who stole the {ledger|recipe|portrait}? The detective has a suspect.",
  ],
  Romance: [
    "A {stolen|clumsy|forbidden} kiss changes everything.",
    "Two {lonely|stubborn|tender} hearts meet at the {harbour|bakery|bus stop}.",
    "Love letters arrive with every {train|pigeon|loaf}.",
    "A wedding is planned, but the {bride|groom} loves the {postman|dentist|gardener}.",
    "An old sweetheart returns with {flowers|one suitcase|a tender kiss}.",
    "{The bride|A stranger|The gardener} writes love letters until {dawn|the wedding|closing time}.",
  ],
};

const pick = <Item>(from: readonly Item[], random: Random): Item => from[random.integer(from.length)];

/** A template with one of every `{this|or that}`. */
const filled = (template: string, random: Random): string =>
  template.replaceAll(/\{([^}]*)\}/g, (_, options: string) => pick(options.split("|"), random));

/** Title and plot of a film; the plot begins with the title. */
export function plotOfFilm(genres: readonly Genre[], random: Random): { title: string; plot: string } {
  const title = filled(pick(titles, random), random);
  const told = genres.flatMap((genre) => {
    const templates = cues[genre];
    return templates === undefined ? [] : [pick(templates, random)];
  });
  const untold = Array.from(
    { length: random.integer(2) + (told.length === 0 ? 1 : 0) },
    () => pick(fillers, random),
  );
  const sentences = [...told, ...untold];
  const order = random.permutation(sentences.length);
  const text = [pick(openings, random), ...[...order].map((i) => sentences[i])];
  return { title, plot: `${title}: ${text.map((template) => filled(template, random)).join(" ")}` };
}
