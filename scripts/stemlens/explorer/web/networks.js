// The networks of the run, as tables name them.

import { distinct, run } from "explorer/data.js";

/** Networks of rows, as [`<task>/<network>`, text]. */
export function networksOf(rows) {
  return distinct(
    rows.map((row) => ({ key: `${row.task}/${row.network}` })),
    "key",
  ).map((key) => [key, networkText(key)]);
}

export function networkText(key) {
  const [task, network] = key.split("/");
  if (network === "class_prior") return `class prior (${task})`;
  return task === "other" ? network : `${network} (${task})`;
}

/** The network that is studied, or the first one. */
export const studied = () => Object.entries(run().networks).map(([task, network]) => `${task}/${network}`)[0];

export const isOf = (row, key) => `${row.task}/${row.network}` === key;

export const TRAININGS = {
  trained: "trained",
  untrained: "untrained",
  shuffled: "trained on shuffled labels",
};

export const trainingsOf = (rows, key) =>
  distinct(
    rows.filter((row) => isOf(row, key)),
    "training",
  ).map((training) => [training, TRAININGS[training] ?? training]);

/** Classes of the stimuli, as the config orders them. */
export const classes = () => run().classes;

export const measureText = (measure) => run().measures[measure]?.label ?? measure;

/** Measures of rows; the one of the error that figures show comes first of its kind. */
export function measuresOf(rows) {
  const preferred = ["pearson", "cosine", run().mse_measure];
  const found = distinct(rows, "measure");
  return [...preferred.filter((m) => found.includes(m)), ...found.filter((m) => !preferred.includes(m))].map(
    (m) => [m, measureText(m)],
  );
}
