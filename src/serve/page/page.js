/** Sends a poster and a plot to the server and shows what it says. */

const at = (id) => document.getElementById(id);
const [form, drop, poster, plot, ask] = ["form", "drop", "poster", "plot", "ask"].map(at);
const [preview, hint, status, error] = ["preview", "hint", "status", "error"].map(at);
const [result, rows, more] = ["result", "rows", "more"].map(at);

/** What the model reads; the page asks for that alone. */
const fields = document.documentElement.dataset.fields.split(" ");
const both = fields.length > 1;
for (const field of document.querySelectorAll("[data-field]")) {
  if (!fields.includes(field.dataset.field)) field.remove();
}
if (!both) {
  const [name] = fields, title = name[0].toUpperCase() + name.slice(1);
  for (const about of document.querySelectorAll("[data-both]")) about.remove();
  document.title = `Onesheet: labels of a ${name}`;
  at("title").textContent = title;
  at("all").textContent = "Probability";
  form.setAttribute("aria-label", title);
}

const percent = (probability) => `${(100 * probability).toFixed(1)} %`;

const element = (name, ...children) => {
  const made = document.createElement(name);
  made.append(...children);
  return made;
};

/** A bar as long as the probability; the number beside it says the same in words. */
function bar(probability) {
  const drawn = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const svg = drawn("svg", {
    class: "bar",
    viewBox: "0 0 100 4",
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  svg.append(drawn("rect", { width: 100 * probability, height: 4 }));
  return svg;
}

/** Labels in the sentence above the table, at most. */
const NAMED = 12;

function row({ label, probability, imageOnly, textOnly }) {
  const name = element("th", label);
  name.scope = "row";
  const probabilities = both ? [probability, imageOnly, textOnly] : [probability];
  const cells = probabilities.map((p) => element("td", percent(p), bar(p)));
  const made = element("tr", name, ...cells);
  if (probability > 0.5) made.className = "told";
  return made;
}

/** Labels in the table, at most; the server tells the most probable first. */
const SHOWN = 100;

function show(labels) {
  rows.replaceChildren(...labels.slice(0, SHOWN).map(row));
  const rest = labels.slice(SHOWN);
  more.hidden = rest.length === 0;
  more.textContent = `${rest.length} more labels have at most ${percent(rest[0]?.probability ?? 0)}.`;
  result.hidden = false;
  const over = labels.filter(({ probability }) => probability > 0.5);
  const named = (over.length > 0 ? over : labels.slice(0, 1)).slice(0, NAMED)
    .map(({ label, probability }) => `${label} ${percent(probability)}`)
    .join(", ");
  status.textContent = over.length > 0
    ? `More likely than not: ${named}${over.length > NAMED ? ` and ${over.length - NAMED} more` : ""}.`
    : `No label is more likely than not; the nearest is ${named}.`;
}

function fail(sentence) {
  error.textContent = sentence;
  status.textContent = "";
}

/** The address of the picture that is shown, to be given back. */
let shown;

poster.addEventListener("change", () => {
  const [file] = poster.files;
  if (shown !== undefined) URL.revokeObjectURL(shown);
  shown = file && URL.createObjectURL(file);
  preview.hidden = file === undefined;
  preview.src = shown ?? "";
  preview.alt = file ? `The poster that was chosen, ${file.name}` : "";
  hint.hidden = file !== undefined;
});

for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  if (event.dataTransfer.files.length === 0) return;
  poster.files = event.dataTransfer.files;
  poster.dispatchEvent(new Event("change"));
});

let isBusy = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isBusy) return;
  isBusy = true;
  ask.setAttribute("aria-disabled", "true");
  error.textContent = "";
  status.textContent = both ? "The model is looking at them." : "The model is looking at it.";
  const body = new FormData();
  if (fields.includes("poster")) body.append("poster", poster.files[0]);
  if (fields.includes("plot")) body.append("plot", plot.value);
  if (both) body.append("explain", "true");
  try {
    const response = await fetch("predict", { method: "POST", body });
    const said = await response.json();
    if (response.ok) show(said.labels);
    else fail(said.error);
  } catch {
    fail("Cannot ask the server: it does not answer; see whether it still runs.");
  } finally {
    isBusy = false;
    ask.removeAttribute("aria-disabled");
  }
});
