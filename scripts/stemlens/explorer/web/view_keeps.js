// What layers keep of their input: gains, transformations, retrieval, concepts.

import { drawCurves } from "explorer/curve_chart.js";
import { distinct, layersOf, table } from "explorer/data.js";
import { part } from "explorer/elements.js";
import { drawHeatMap } from "explorer/heat_map.js";
import { partsThere } from "explorer/keeps_parts.js";
import { classesHeard, drawSounds, songsHeard } from "explorer/keeps_sounds.js";
import { networksOf, networkText, studied, TRAININGS, trainingsOf } from "explorer/networks.js";

export default {
  name: "keeps",
  title: "Kept",
  heading: "What layers keep",
  lead: "Layers do not only make stimuli of a class more alike: they lose something on the way. From which level on a class is heard in a mix, which changes of the audio are not noticed, what is found again, and what can be read.",
  isThere: () => Object.keys(partsThere()).length > 0,

  ask(choose) {
    const parts = partsThere();
    const name = choose.select(
      "part",
      "Part",
      Object.entries(parts).map(([key, { title }]) => [key, title]),
    );
    const all = parts[name].tables.flatMap(table);
    const network = choose.select("network", "Network", networksOf(all), studied());
    const choice = { part: name, network, ...parts[name].ask(choose) };
    if (name !== "transformations") return choice;
    const training = choice.transformation
      ? ""
      : choose.select("training", "Training", trainingsOf(all, network));
    const song = songsHeard().length ? choose.select("song", "Song to hear", songsHeard()) : "";
    const heard = song ? choose.select("heard", "Class to hear", classesHeard(), choice.class) : "";
    return { ...choice, training, song, heard };
  },

  draw(output, choice) {
    const { part: name, network, training, song, heard, ...rest } = choice;
    const { rows: all, known, title, valueTitle, caption, lowest } = partsThere()[name].curves(choice);
    const layers = layersOf(all);
    // Of many transformations, one training at a time; of one, it beside its twin.
    const rows = training ? all.filter(({ line }) => line === TRAININGS[training]) : all;
    const ofNetwork = `${title}: ${networkText(network)}${training ? `, ${TRAININGS[training]}` : ""}`;
    const key = JSON.stringify([name, network, training, rest]);
    part(output, "map", key, (section) => {
      if (!training) return;
      drawHeatMap(section, {
        title: ofNetwork,
        caption: "Numbers below 0 have the colour of 0. Empty: undefined.",
        rows,
        x: "layer",
        y: "series",
        columns: layers,
        lines: distinct(rows, "series"),
        along: "depth",
        valueTitle,
        table: ["series", "layer", "value", "low", "high", "n_songs", "note"],
      });
    });
    part(output, "chart", key, (section) =>
      drawCurves(section, {
        title: ofNetwork,
        caption,
        rows: rows.map((row) => ({ ...row, position: layers.indexOf(row.layer) })),
        layers,
        series: known ?? distinct(rows, "series"),
        lines: distinct(rows, "line"),
        valueTitle,
        lowest,
      }),
    );
    part(output, "sounds", JSON.stringify([name, song, heard, choice.transformation]), (section) => {
      if (name === "transformations") drawSounds(section, choice);
    });
  },
};
