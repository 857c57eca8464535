// Similarity, or contrast between classes, layer by layer.

import { drawCurves } from "explorer/curve_chart.js";
import { layersOf, table } from "explorer/data.js";
import { part } from "explorer/elements.js";
import {
  classes,
  isOf,
  measuresOf,
  measureText,
  networksOf,
  networkText,
  studied,
  TRAININGS,
  trainingsOf,
} from "explorer/networks.js";

const QUANTITIES = {
  similarity: "within a class",
  contrast: "contrast: within minus between classes",
};

export default {
  name: "curves",
  title: "Curves",
  heading: "How similar are the stimuli, layer by layer?",
  lead: "Each point is a mean over pairs of songs: two stimuli of one class are sent through the network, and their activations in a layer are compared. Bands are intervals over songs. A curve says something about learning only where the untrained network does not show it too.",
  isThere: () => table("similarity_over_seeds").length > 0,

  ask(choose) {
    const quantity = choose.select("quantity", "What", Object.entries(QUANTITIES));
    const all = rowsOf(quantity, "mean");
    const network = choose.select("network", "Network", networksOf(all), studied());
    const training = choose.select("training", "Training", trainingsOf(all, network));
    const measure = choose.select("measure", "Measure", measuresOf(all));
    const classChosen = choose.select("class", "Class", [["", "all classes"], ...classes()]);
    const compare = choose.select(
      "compare",
      "Compared with",
      comparisons(all, quantity, network, training, classChosen),
      defaultComparison(training),
    );
    const seeds = [
      ...new Set(
        rowsOf(quantity, "each")
          .filter((row) => isOf(row, network) && row.training === training)
          .map((row) => row.seed),
      ),
    ];
    const seed = choose.select(
      "seed",
      "Seed",
      seeds.length > 1 ? [["mean", `mean of ${seeds.length}`], ...seeds] : [["mean", `only ${seeds[0]}`]],
    );
    const axis = choose.select("axis", "Axis", [
      ["layer", "names of layers"],
      ["depth", "relative depth"],
    ]);
    return { quantity, network, training, measure, class: classChosen, compare, seed, axis };
  },

  draw(output, choice) {
    part(output, "chart", JSON.stringify(choice), (section) => {
      const { rows, layers } = curves(choice);
      const kind = QUANTITIES[choice.quantity];
      drawCurves(section, {
        title: `${measureText(choice.measure)}, ${kind}: ${networkText(choice.network)}, ${TRAININGS[choice.training]}`,
        caption: caption(choice),
        rows,
        layers,
        series: classes().filter((name) => rows.some((row) => row.series === name)),
        known: classes(),
        lines: [...new Set(rows.map((row) => row.line))],
        valueTitle: measureText(choice.measure),
        byDepth: choice.axis === "depth",
      });
    });
  },
};

function rowsOf(quantity, seed) {
  return table(seed === "mean" ? `${quantity}_over_seeds` : quantity);
}

function comparisons(all, quantity, network, training, classChosen) {
  const others = trainingsOf(all, network).filter(([name]) => name !== training);
  const options = [["", "nothing"], ...others];
  if (quantity === "similarity" && classChosen) options.push(["classes", "pairs with other classes"]);
  return options;
}

const defaultComparison = (training) => (training === "trained" ? "untrained" : "");

function caption({ quantity, compare }) {
  const what =
    quantity === "contrast"
      ? "Above 0 (for an error: below), two stimuli of a class are more alike than stimuli of different classes."
      : "1 means that all stimuli of the class have the same activations (for an error: 0).";
  const dashed =
    compare === "classes"
      ? " Dashed: pairs of the class with each other class."
      : compare
        ? " Dashed: the network that it is compared with."
        : "";
  return what + dashed;
}

/** Rows of the chart: what is chosen, and what it is compared with. */
function curves({ quantity, network, training, measure, class: classChosen, compare, seed, axis }) {
  const isSeed = (row) => seed === "mean" || String(row.seed) === seed;
  const of = (wanted) =>
    rowsOf(quantity, seed).filter(
      (row) => isOf(row, network) && row.training === wanted && row.measure === measure && isSeed(row),
    );
  const layers = layersOf(of(training));
  const last = Math.max(layers.length - 1, 1);
  const point = (row, series, line) => ({
    layer: row.layer,
    position: axis === "depth" ? layers.indexOf(row.layer) / last : layers.indexOf(row.layer),
    series,
    line,
    value: quantity === "contrast" ? row.contrast : row.mean,
    low: row.ci_low,
    high: row.ci_high,
    n_songs: row.n_songs,
    note: row.note,
  });
  const shownClasses = classChosen ? [classChosen] : classes();
  const within = (rows, line) =>
    shownClasses.flatMap((name) =>
      rows.filter((row) => isWithin(row, name, quantity)).map((row) => point(row, name, line)),
    );
  const rows = within(of(training), TRAININGS[training]);
  if (compare === "classes") {
    for (const other of classes().filter((name) => name !== classChosen)) {
      const between = of(training).filter((row) => isBetween(row, classChosen, other));
      rows.push(...between.map((row) => point(row, other, `${classChosen} with this class`)));
    }
  } else if (compare) {
    rows.push(...within(of(compare), TRAININGS[compare]));
  }
  return { rows, layers };
}

const isWithin = (row, name, quantity) =>
  quantity === "contrast" ? row.class === name : row.class_a === name && row.class_b === name;

const isBetween = (row, a, b) =>
  (row.class_a === a && row.class_b === b) || (row.class_a === b && row.class_b === a);
