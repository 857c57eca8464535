// The page: navigation, the controls of the view that is shown, and its output.

import { askFor } from "explorer/controls.js";
import { run } from "explorer/data.js";
import { element } from "explorer/elements.js";
import { change, link, shown, whenLinked } from "explorer/state.js";
import views from "explorer/views.js";

const at = (id) => document.getElementById(id);
const there = views.filter((view) => view.isThere());
let drawn = null;

function draw() {
  const view = there.find(({ name }) => name === shown().view) ?? there[0];
  if (drawn !== view) open(view);
  const choice = askFor(at("controls"), view.ask, shown(), (changes) => {
    change(changes);
    draw();
  });
  view.draw(at("output"), choice, { state: shown(), change, redraw: draw });
}

function open(view) {
  drawn = view;
  at("title").textContent = view.heading;
  at("lead").textContent = view.lead;
  at("controls").replaceChildren();
  at("output").replaceChildren();
  document.title = `${view.title} – ${run().corpus} – stemlens`;
  for (const anchor of at("views").querySelectorAll("a")) {
    if (anchor.dataset.view === view.name) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
}

function redrawAll() {
  drawn = null;
  draw();
}

/** One line on what made the page; nothing where that is not known. */
function madeBy({ software, version, commit, is_modified: isModified, corpus }) {
  if (!software) return "";
  const code = commit ? `, commit ${commit.slice(0, 10)}${isModified ? " with changes" : ""}` : "";
  const audio = corpus?.fingerprint ? `; corpus ${corpus.name}, ${corpus.fingerprint.slice(0, 10)}` : "";
  return `${software} ${version}${code}${audio}`;
}

/** What a corpus in folds changes in every view. */
function inFolds(n) {
  return (
    `The songs are in ${n} folds: instead of one network that learns instruments there are ${n}, and each song ` +
    "went through the one that had not learned it. Only stimuli of one fold are compared; CKA and separability " +
    "are averaged over folds, and probes fitted within them."
  );
}

function showTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

at("corpus").textContent = run().corpus;
if (run().n_folds) {
  at("folds").textContent = inFolds(run().n_folds);
  at("folds").hidden = false;
}
at("made").textContent = madeBy(run().provenance);
at("views").append(
  ...there.map(({ name, title }) =>
    element("li", {}, element("a", { href: link({ view: name }), "data-view": name }, title)),
  ),
);
at("controls").addEventListener("submit", (event) => event.preventDefault());
at("theme").value = shown().theme ?? "";
showTheme(shown().theme);
at("theme").addEventListener("change", (event) => {
  change({ theme: event.target.value });
  showTheme(event.target.value);
});
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  redrawAll();
});
whenLinked(() => {
  draw();
  at("main").focus();
});
draw();
