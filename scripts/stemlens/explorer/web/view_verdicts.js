// The hypotheses, their verdicts, and the curves that they speak of.

import { cursorMark, drawChart } from "explorer/chart.js";
import { distinct, interval, run, short, table } from "explorer/data.js";
import { dataTable } from "explorer/data_table.js";
import { element, part } from "explorer/elements.js";
import {
  classes,
  isOf,
  measureText,
  networksOf,
  networkText,
  studied,
  TRAININGS,
  trainingsOf,
} from "explorer/networks.js";
import { link } from "explorer/state.js";

const SIGNS = { supported: "✓", contradicted: "✗", undecided: "–", "not applicable": "○" };
const COLOURS = {
  supported: "#009E73",
  contradicted: "#D55E00",
  undecided: "#808080",
  "not applicable": "#808080",
};
// A measure that a claim names itself, in front of a layer.
const MEASURE = /\b(pearson_contrast|cosine_contrast|pearson|cosine|normalised_mse|mse)\./;
const NORMALISATIONS = {
  mse_pair_max_over_layers: " ÷ pair max",
  mse_peak: " ÷ peak",
  mse_layer_max: " ÷ layer max",
  mse: "",
};
const SHAPES = {
  supported: "circle",
  contradicted: "cross",
  undecided: "square",
  "not applicable": "diamond",
};

export default {
  name: "verdicts",
  title: "Verdicts",
  heading: "What of the paper's findings holds here?",
  lead: "Each hypothesis claims that a difference is above zero. It is supported where the interval of every such difference lies above zero, contradicted where that of one lies below, undecided where the evidence is too weak, and not applicable where it is about classes, layers or networks that are not here.",
  isThere: () => table("hypotheses").length > 0,

  ask(choose) {
    const all = table("hypotheses");
    const network = choose.select("network", "Network", networksOf(all), studied());
    const training = choose.select("training", "Training", trainingsOf(all, network));
    return { network, training };
  },

  draw(output, choice) {
    part(output, "cautions", "", (section) => {
      if (wasTrainedOnce()) section.append(element("p", { class: "caution" }, ONE_TRAINING));
    });
    part(output, "verdicts", JSON.stringify(choice), (section) => {
      const order = Object.keys(run().hypotheses);
      const verdicts = table("hypotheses")
        .filter((row) => isOf(row, choice.network) && row.training === choice.training)
        .sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
      drawEffects(section, verdicts, choice);
      const list = element("tbody", {}, ...verdicts.map((row) => verdictRow(row)));
      const head = ["", "Hypothesis", "Verdict", "Effect", "The claim that decides, or what is missing"].map(
        (text) => element("th", { scope: "col" }, text),
      );
      section.append(
        element(
          "div",
          { class: "scroll", tabindex: 0, role: "region", "aria-label": "Verdicts" },
          element("table", {}, element("thead", {}, element("tr", {}, ...head)), list),
        ),
      );
    });
  },
};

const ONE_TRAINING =
  "Each network was trained once: verdicts are about this one training, not about what another seed would give.";

const wasTrainedOnce = () => table("similarity_over_seeds").every((row) => row.n_seeds === 1);

/** The hypothesis and, where it is about an error, how that is normalised. */
const nameOf = (row) => (row.mse_measure ? `${row.id}, MSE${NORMALISATIONS[row.mse_measure]}` : row.id);

function drawEffects(section, verdicts, choice) {
  const rows = verdicts
    .filter((row) => row.effect !== null)
    .map((row, place) => ({
      ...row,
      name: nameOf(row),
      place,
      all: "all",
    }));
  const y = { field: "name", type: "nominal", sort: rows.map(({ name }) => name), title: null };
  const x = { field: "effect", type: "quantitative", title: "Effect, with its interval" };
  const kinds = distinct(rows, "verdict");
  const color = {
    field: "verdict",
    type: "nominal",
    scale: { domain: kinds, range: kinds.map((kind) => COLOURS[kind]) },
  };
  const shape = {
    field: "verdict",
    type: "nominal",
    scale: { domain: kinds, range: kinds.map((kind) => SHAPES[kind]) },
  };
  drawChart(section, {
    title: `Effects in ${networkText(choice.network)}, ${TRAININGS[choice.training] ?? choice.training}`,
    caption: "Of each hypothesis the claim that decided, or else the weakest one. Above zero speaks for it.",
    rows,
    along: "place",
    series: "all",
    columns: ["id", "mse_measure", "verdict", "effect", "ci_low", "ci_high", "n_songs", "note"],
    describe: (row) =>
      `${row.name}: ${row.verdict}, ${short(row.effect)}${interval(row.ci_low, row.ci_high)}`,
    spec: {
      height: 18 * rows.length + 90,
      layer: [
        { mark: { type: "rule", strokeDash: [3, 3] }, encoding: { x: { datum: 0 } } },
        {
          transform: [{ filter: "isValid(datum.ci_low)" }],
          mark: { type: "rule", strokeWidth: 2 },
          encoding: { y, x: { ...x, field: "ci_low" }, x2: { field: "ci_high" }, color },
        },
        { mark: { type: "point", filled: true, size: 70, opacity: 1 }, encoding: { y, x, color, shape } },
        cursorMark({ y, x }),
      ],
    },
  });
}

function verdictRow(row) {
  const { hypotheses } = run();
  const said = hypotheses[row.id] ?? { wording: "", finding: "", ours: "" };
  const claims = table("hypothesis_claims").filter(
    (claim) =>
      claim.id === row.id &&
      isOf(claim, `${row.task}/${row.network}`) &&
      claim.training === row.training &&
      claim.mse_measure === row.mse_measure,
  );
  const deciding = claims.find((claim) => claim.effect === row.effect) ?? claims[0];
  const more = element(
    "details",
    {},
    element("summary", {}, said.wording),
    element("p", {}, said.finding ? `The paper: ${said.finding}` : ""),
    element("p", {}, said.ours ? `Ours: ${said.ours}` : ""),
    element("p", {}, row.note ?? ""),
  );
  more.addEventListener("toggle", () => {
    if (more.open && !more.querySelector("table")) {
      more.append(
        dataTable(claims, {
          caption: `Claims of ${row.id}`,
          columns: ["measure", "class", "claim", "effect", "ci_low", "ci_high", "note"],
        }),
      );
    }
  });
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, nameOf(row)),
    element("td", {}, more),
    element(
      "td",
      { class: "verdict" },
      `${SIGNS[row.verdict]} ${row.verdict}`,
      (row.note ?? "").includes("needs no training") ? element("small", {}, "untrained too") : null,
    ),
    element(
      "td",
      { class: "number" },
      row.effect === null ? "" : short(row.effect) + interval(row.ci_low, row.ci_high),
    ),
    element("td", {}, row.verdict === "not applicable" ? missing(claims) : curveLink(row, deciding)),
  );
}

/** What the run does not have of what claims are about. */
const missing = (claims) =>
  distinct(
    claims.filter((claim) => claim.effect === null && claim.note),
    "note",
  ).join("; ");

/** A link to the curve, or curves, that a claim is about. */
function curveLink(row, claim) {
  const about = [claim.measure, claim.class].filter(Boolean).join(", ");
  const words = about ? `${about}: ${claim.claim}` : claim.claim;
  const to = (target, what) =>
    element("a", { href: link(target), "aria-label": `${row.id}: ${what} of ${words}` }, words);
  if (claim.measure === "macro_f1") return to({ view: "performance" }, "scores");
  if (claim.measure === "mood_entropy") return to({ view: "moods" }, "moods");
  const named = claim.measure || MEASURE.exec(claim.claim)?.[1] || "pearson";
  const measure = named.replace("_contrast", "");
  const isAboutClasses = classes().some((name) => claim.claim.includes(`${name.replaceAll("-", "_")}.`));
  const target = {
    view: "curves",
    quantity: named.endsWith("_contrast") ? "contrast" : "similarity",
    network: `${row.task}/${row.network}`,
    training: row.training,
    measure: measure.endsWith("mse") ? row.mse_measure || run().mse_measure : measure,
    class: isAboutClasses ? "" : (claim.class ?? ""),
  };
  return to(target, `curve of ${measureText(target.measure)}`);
}
