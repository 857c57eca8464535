// Every two stimuli of a class, or of two classes, and one pair of them side by side.

import { block, run } from "explorer/data.js";
import { element, part } from "explorer/elements.js";
import { makeMatrix, paintMatrix, selectIn } from "explorer/matrix.js";
import { layersIn, mapsIn, models, modelText, similarityIn } from "explorer/models.js";
import { classes, measureText } from "explorer/networks.js";
import { drawPair } from "explorer/pair.js";

export default {
  name: "pairs",
  title: "Pairs",
  heading: "Two stimuli, side by side",
  lead: "Each cell of the matrix is a pair of songs. Choose one to hear both stems, and to see what the network makes of them.",
  isThere: () => models().length > 0,

  ask(choose) {
    const model = choose.select(
      "model",
      "Network",
      models().map((name) => [name, modelText(name)]),
    );
    const measure = choose.select(
      "measure",
      "Measure",
      run().pair_measures.map((name) => [name, measureText(name)]),
    );
    const layers = layersIn(model).map(({ layer }) => layer);
    const maps = mapsIn(model);
    const layer = choose.select("layer", "Layer", layers, Object.keys(maps).at(-1) ?? layers.at(-1));
    const a = choose.select("a", "Class in rows", classes());
    const b = choose.select("b", "Class in columns", classes(), a);
    const filters = Math.max(0, ...Object.values(maps).map(({ filters }) => filters));
    const filter = filters > 1 ? choose.range("filter", "Filter of the maps", 1, filters) : 1;
    return { model, measure, layer, a, b, filter };
  },

  draw(output, choice, { state, redraw, change }) {
    const { model, measure, layer, a, b } = choice;
    const value = similarityIn(model, measure, layer);
    const rows = stimuliOf(a);
    const columns = stimuliOf(b);
    const ranked = rankedPairs(rows, columns, value, a === b);
    const pick = (chosen) => {
      change({ pick: chosen });
      redraw();
    };
    const pair = chosenPair(state.pick, ranked, rows, columns);

    part(output, "matrix", JSON.stringify([model, measure, layer, a, b]), (section) => {
      section.append(
        element("h2", {}, `${measureText(measure)} in ${layer}: ${a}${a === b ? "" : ` and ${b}`}`),
      );
      const jump = (text, name) => {
        const to = () => pick(placed(name, ranked).join("-"));
        return element("button", { type: "button", disabled: !ranked.length, onclick: to }, text);
      };
      section.append(
        element(
          "div",
          { class: "buttons" },
          jump("Lowest value", "lowest"),
          jump("Median", "median"),
          jump("Highest value", "highest"),
        ),
      );
      if (!ranked.length)
        section.append(element("p", {}, "No pair has a value here: the measure is undefined in this layer."));
    });
    const matrix = part(output, "cells", JSON.stringify([a, b]), (section) =>
      makeMatrix(section, { rows, columns, choose: (row, column) => pick(`${row}-${column}`) }),
    );
    const painted = JSON.stringify([model, measure, layer]);
    if (matrix.dataset.painted !== painted) {
      matrix.dataset.painted = painted;
      const label = `${measureText(measure)} of every two stimuli in ${layer}`;
      paintMatrix(matrix, { value, label });
    }
    selectIn(matrix, pair);
    const shown = part(output, "pair", "", () => {});
    if (pair) drawPair(shown, pair, choice);
    else shown.replaceChildren();
  },
};

/** Stimuli of a class, those of a fold beside each other: only they have pairs. */
function stimuliOf(name) {
  const inFold = ({ song, fold }) => (fold ? `${song} (fold ${fold})` : song);
  return block("stimuli")
    .stimuli.map((stimulus, number) => ({ ...stimulus, song: inFold(stimulus), number }))
    .filter((stimulus) => stimulus.class === name)
    .sort((a, b) => a.fold - b.fold);
}

/** Pairs that have a value, from the lowest to the highest. */
function rankedPairs(rows, columns, value, isOneClass) {
  const pairs = [];
  for (const row of rows) {
    for (const column of columns) {
      const found = value(row.number, column.number);
      if (!Number.isNaN(found) && (!isOneClass || row.number < column.number))
        pairs.push([found, row.number, column.number]);
    }
  }
  return pairs.sort((a, b) => a[0] - b[0]).map(([, row, column]) => [row, column]);
}

function chosenPair(pick, ranked, rows, columns) {
  const numbers = /^(\d+)-(\d+)$/.exec(pick ?? "");
  if (numbers) {
    const [row, column] = [Number(numbers[1]), Number(numbers[2])];
    if (rows.some(({ number }) => number === row) && columns.some(({ number }) => number === column))
      return [row, column];
  }
  return placed(pick, ranked);
}

const placed = (name, ranked) =>
  ranked[{ highest: ranked.length - 1, median: Math.floor((ranked.length - 1) / 2) }[name] ?? 0];
