// The parts of what layers keep: which choices each offers, and the curves that it shows.

import { distinct, table } from "explorer/data.js";
import { classes, isOf, measuresOf, TRAININGS } from "explorer/networks.js";

export const TIMES = [
  ["kept", "kept"],
  ["averaged", "averaged"],
];
const MEAN = "";
const JOBS = {
  audio_matching: "audio matching",
  music_similarity: "music similarity",
  instrument: "same instrument",
};
const SCORES = {
  mean_reciprocal_rank: "Mean reciprocal rank",
  mean_average_precision: "Mean average precision",
  hit_rate_at_1: "Hit rate at 1",
  hit_rate_at_10: "Hit rate at 10",
};
const GAINED = {
  threshold: "Detection threshold",
  balanced_accuracy: "Accuracy of the probe, by gain",
  "pearson alone": "Similarity to the class alone, by gain: Pearson",
  "pearson without": "Similarity to the mix without the class, by gain: Pearson",
  "cosine alone": "Similarity to the class alone, by gain: cosine",
  "cosine without": "Similarity to the mix without the class, by gain: cosine",
};

/** Notes on classes that are heard at no gain, or at every gain. */
const BEYOND = { "not reached at the highest gain": "above", "reached at every gain": "below" };

export const words = (name) => name.replaceAll("_", " ");

/** A transformation as people say it, with its strength where it has several. */
export function strengthText({ transformation, strength }) {
  const unit = table("invariance").find((row) => row.transformation === transformation)?.unit;
  return strength === null || !unit ? "" : `${String(strength).replace("-", "−")} ${unit}`;
}

/** Rows of a model, in a class or averaged over classes, as points of curves. */
function points(rows, { network, class: classChosen }, { series, value = (row) => row.value }) {
  const of = rows.filter((row) => isOf(row, network));
  const chosen = of
    .filter((row) => (classChosen === MEAN ? classes().includes(row.class) : row.class === classChosen))
    .map((row) => ({
      layer: row.layer,
      depth: row.depth,
      series: series(row),
      line: TRAININGS[row.training],
      value: value(row),
      chance: row.chance,
      low: row.ci_low,
      high: row.ci_high,
      n_songs: row.n_songs,
      note: row.note ?? "",
      beyond: (row.note ?? "").split("; ").map((note) => BEYOND[note]).find(Boolean),
    }));
  return classChosen === MEAN ? meansOf(chosen) : chosen;
}

/** Means of points that differ in their class alone; undefined where one is, and without an interval. */
function meansOf(rows) {
  const groups = Map.groupBy(rows, ({ layer, series, line }) => JSON.stringify([layer, series, line]));
  return [...groups.values()].map((group) => {
    const mean = (name) =>
      group.some((row) => row[name] === null)
        ? null
        : group.reduce((sum, row) => sum + row[name], 0) / group.length;
    const note = [...new Set(group.map((row) => row.note))].filter(Boolean).join("; ");
    return { ...group[0], value: mean("value"), chance: mean("chance"), low: null, high: null, note };
  });
}

/** Points of what chance gives, beside those that have it. */
const chanceOf = (rows) =>
  rows
    .filter(({ line }) => line === TRAININGS.trained)
    .map((row) => ({ ...row, line: "chance", value: row.chance, low: null, high: null, note: "" }));

const chooseClass = (choose, rows) =>
  choose.select("class", "Class", [[MEAN, "mean over classes"], ...distinct(rows, "class")]);

const gains = {
  title: "Gains",
  tables: ["gain_thresholds", "gains"],
  ask(choose) {
    const there = Object.entries(GAINED).filter(([name]) => gainRows(name).length);
    const quantity = choose.select("quantity", "What", there);
    return { quantity, class: quantity === "threshold" ? MEAN : choose.select("class", "Class", classes()) };
  },
  curves({ quantity, network, class: classChosen }) {
    const isThreshold = quantity === "threshold";
    const rows = isThreshold
      ? classes().flatMap((name) =>
          points(
            gainRows(quantity),
            { network, class: name },
            { series: (row) => row.class, value: (row) => row.threshold_db },
          ),
        )
      : points(
          gainRows(quantity),
          { network, class: classChosen },
          { series: (row) => gainText(row.gain_db) },
        );
    return {
      rows,
      known: isThreshold ? classes() : undefined,
      title: GAINED[quantity] + (isThreshold ? "" : `: ${classChosen}`),
      valueTitle: isThreshold ? "Gain in the mix in dB" : GAINED[quantity].split(",")[0],
      caption: isThreshold
        ? "Gain of the class in the mix of the others from which on a linear probe finds it: the lower, the better the layer hears it. △ not even at the highest gain, ▽ at every gain. There is no band where an end of the interval lies beyond the gains."
        : "Each curve is a gain of the class in the mix of the others; 0 dB is its level in the song.",
    };
  },
};

const gainText = (gain) => `${gain > 0 ? "+" : ""}${String(gain).replace("-", "−")} dB`;

function gainRows(quantity) {
  if (quantity === "threshold") return table("gain_thresholds");
  const [measure, comparedWith = ""] = quantity.split(" ");
  return table("gains").filter(
    (row) => row.measure === measure && (row.compared_with ?? "") === comparedWith,
  );
}

const transformations = {
  title: "Transformations",
  tables: ["invariance"],
  ask(choose) {
    const rows = table("invariance");
    const classChosen = chooseClass(choose, rows);
    const measure = choose.select("measure", "Measure", measuresOf(rows));
    const time = choose.select("time", "Time", TIMES);
    const transformation = choose.select("transformation", "Transformation", [
      ["", "all"],
      ...distinct(rows, "transformation").map((name) => [name, words(name)]),
    ]);
    return { class: classChosen, measure, time, transformation };
  },
  curves(choice) {
    const { measure, time, transformation } = choice;
    const rows = table("invariance").filter(
      (row) =>
        row.measure === measure &&
        row.time === time &&
        (transformation
          ? row.transformation === transformation && row.strength !== null
          : row.strength === null),
    );
    const series = (row) =>
      transformation ? strengthText(row) || words(transformation) : words(row.transformation);
    return {
      rows: points(rows, choice, { series, value: (row) => row.invariance }),
      title: `Invariance to ${transformation ? words(transformation) : "transformations"}`,
      valueTitle: "Invariance",
      lowest: -1,
      caption:
        "0: what is transformed is as far from the original as another song of the class; 1: the layer does not notice. Curves leave the chart below −1. Means over classes have no interval.",
    };
  },
};

const retrieval = {
  title: "Retrieval",
  tables: ["retrieval"],
  ask(choose) {
    const rows = table("retrieval");
    const score = choose.select(
      "score",
      "Score",
      Object.entries(SCORES).filter(([name]) => rows.some((row) => row.score === name)),
    );
    const classChosen = chooseClass(choose, rows);
    const measure = choose.select("measure", "Measure", measuresOf(rows));
    const time = choose.select("time", "Time", TIMES);
    const transformation = choose.select("transformation", "Query of audio matching", [
      ["", "every transformation"],
      ...distinct(rows, "transformation")
        .filter(Boolean)
        .map((name) => [name, words(name)]),
    ]);
    return { score, class: classChosen, measure, time, transformation };
  },
  curves(choice) {
    const { score, measure, time, transformation } = choice;
    const found = table("retrieval").filter(
      (row) =>
        row.score === score &&
        row.measure === measure &&
        row.time === time &&
        row.strength === null &&
        (row.transformation || "") === (row.job === "audio_matching" ? transformation : ""),
    );
    const rows = points(found, choice, { series: (row) => JOBS[row.job] });
    return {
      rows: [...rows, ...chanceOf(rows)],
      title: `${SCORES[score]} of each job`,
      valueTitle: SCORES[score],
      caption:
        "Audio matching: the query is transformed, the target its original. Music similarity: the query is another segment of the target's song. Same instrument (only with the time axis kept): targets are the class in other songs. A layer is good for a job where it is above chance and above its untrained twin.",
    };
  },
};

const concepts = {
  title: "Concepts",
  tables: ["concepts"],
  ask(choose) {
    const time = choose.select("time", "Time", TIMES);
    const concept = choose.select("concept", "Concept", [
      ["", "all, above chance"],
      ...distinct(table("concepts"), "concept").map((name) => [name, words(name)]),
    ]);
    return { time, concept };
  },
  curves({ network, time, concept }) {
    const found = table("concepts").filter(
      (row) => row.time === time && (!concept || row.concept === concept),
    );
    const scaled = (row, value) =>
      concept || value === null ? value : (value - row.chance) / (1 - row.chance);
    const rows = points(
      found.map((row) => ({
        ...row,
        class: "all",
        ci_low: scaled(row, row.ci_low),
        ci_high: scaled(row, row.ci_high),
      })),
      { network, class: "all" },
      { series: (row) => words(row.concept), value: (row) => scaled(row, row.balanced_accuracy) },
    );
    return {
      rows: concept ? [...rows, ...chanceOf(rows)] : rows,
      title: concept ? `What is read of the ${words(concept)}` : "What is read of each concept",
      valueTitle: concept ? "Balanced accuracy" : "Balanced accuracy above chance",
      caption: concept
        ? "Of a linear probe on rendered songs that it was not fitted on."
        : "Of linear probes on rendered songs that they were not fitted on: 0 is chance, 1 always right, whatever the number of levels.",
    };
  },
};

/** The parts whose tables are there. */
export function partsThere() {
  const all = { gains, transformations, retrieval, concepts };
  return Object.fromEntries(
    Object.entries(all).filter(([, { tables }]) => tables.some((name) => table(name).length)),
  );
}
