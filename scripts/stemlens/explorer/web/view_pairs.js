// Two stimuli side by side: how alike a layer finds them, their sound, spectrograms and feature maps.

import { block, run, short } from "explorer/data.js";
import { element, part } from "explorer/elements.js";
import { drawMaps, drawSpectrogram } from "explorer/maps.js";
import { makeMatrix, paintMatrix, selectIn } from "explorer/matrix.js";
import { layersIn, mapsIn, models, similarityIn } from "explorer/models.js";
import { classes, measureText, networkText, TRAININGS } from "explorer/networks.js";

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
    const layer = choose.select("layer", "Layer", layers, layers.at(-1));
    const a = choose.select("a", "Class in rows", classes());
    const b = choose.select("b", "Class in columns", classes(), a);
    const filters = Math.max(0, ...Object.values(mapsIn(model)).map(({ filters }) => filters));
    const filter = filters > 1 ? choose.range("filter", "Filter of the maps", 1, filters) : 1;
    return { model, measure, layer, a, b, filter };
  },

  draw(output, choice, { state, redraw, change }) {
    const { model, measure, layer, a, b, filter } = choice;
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
      const jump = (text, name) =>
        element("button", { type: "button", disabled: !ranked.length, onclick: () => pick(name) }, text);
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
    if (!pair) return;
    const [first, second] = pair;
    part(output, "sounds", pair.join(), (section) =>
      section.append(
        element("h2", {}, "The pair"),
        element("div", { class: "pair" }, ...pair.map(stimulusArticle)),
      ),
    );
    part(output, "value", JSON.stringify([choice, pair]), (section) =>
      section.append(
        element(
          "p",
          { role: "status", class: "value" },
          `${measureText(measure)} in ${layer} of ${modelText(model)}: ${short(value(first, second))}`,
        ),
      ),
    );
    part(output, "spectrograms", pair.join(), (section) => drawSpectrogram(section, pair));
    part(output, "maps", JSON.stringify([model, pair, filter]), (section) =>
      drawMaps(section, model, pair, filter),
    );
  },
};

function modelText(name) {
  const [task, network, training] = name.split("/");
  return `${networkText(`${task}/${network}`)}, ${TRAININGS[training.replace(/-seed\d+$/, "")]}`;
}

function stimuliOf(name) {
  return block("stimuli")
    .stimuli.map((stimulus, number) => ({ ...stimulus, number }))
    .filter((stimulus) => stimulus.class === name);
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
  const place = { highest: ranked.length - 1, median: Math.floor((ranked.length - 1) / 2) }[pick] ?? 0;
  return ranked[place];
}

function stimulusArticle(number) {
  const stimulus = block("stimuli").stimuli[number];
  const name = `${stimulus.class}: ${stimulus.song}`;
  const sound = stimulus.audio
    ? element("audio", {
        controls: true,
        preload: "metadata",
        "aria-label": name,
        src: `data:audio/mpeg;base64,${stimulus.audio}`,
      })
    : element("p", {}, run().silence);
  return element(
    "article",
    {},
    element("h3", {}, name),
    element("p", {}, `from ${stimulus.start_s} s of the song`),
    sound,
  );
}
