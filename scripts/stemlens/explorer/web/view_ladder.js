// All networks of the run side by side, by relative depth.

import { drawCurves } from "explorer/curve_chart.js";
import { distinct, table } from "explorer/data.js";
import { part } from "explorer/elements.js";
import { classes, networkText, TRAININGS } from "explorer/networks.js";

const MEASURES = {
  pearson_contrast: ["Contrast in Pearson correlation", "Contrast in r"],
  cosine_contrast: ["Contrast in cosine similarity", "Contrast in cosine similarity"],
  balanced_accuracy: ["Linear probe on mixes", "Balanced accuracy"],
  cka: ["Linear CKA with a layer of the studied network", "CKA"],
};

export default {
  name: "ladder",
  title: "Ladder",
  heading: "All networks, from their input to their last layer",
  lead: "Networks have layers of different names and numbers. Relative depth, 0 at the input and 1 at the last layer, makes them comparable.",
  isThere: () => table("ladder").length > 0,

  ask(choose) {
    const all = table("ladder");
    const measure = choose.select(
      "measure",
      "Measure",
      distinct(all, "measure").map((name) => [name, MEASURES[name]?.[0] ?? name]),
    );
    const rows = all.filter((row) => row.measure === measure);
    const isCka = measure === "cka";
    const classChosen = isCka ? "" : choose.select("class", "Class", classes());
    const reference = isCka ? choose.select("reference", "Layer", distinct(rows, "reference_layer")) : "";
    return { measure, class: classChosen, reference };
  },

  draw(output, choice) {
    part(output, "chart", JSON.stringify(choice), (section) => {
      const found = table("ladder").filter(
        (row) =>
          row.measure === choice.measure &&
          (row.class ?? "") === choice.class &&
          (row.reference_layer ?? "") === choice.reference,
      );
      const rows = found.map((row) => ({
        layer: row.layer,
        position: row.relative_depth,
        series: networkText(`${row.task}/${row.network}`),
        line: TRAININGS[row.training],
        value: row.value,
        low: row.ci_low,
        high: row.ci_high,
        n_songs: row.n_songs,
        note: row.note,
      }));
      const [title, valueTitle] = MEASURES[choice.measure] ?? [choice.measure, choice.measure];
      drawCurves(section, {
        title: `${title}${choice.class ? `: ${choice.class}` : ""}`,
        caption:
          "Dashed: the untrained twin of each network. Intervals are in the numbers of a point and in the table.",
        rows,
        layers: [],
        series: distinct(rows, "series"),
        lines: distinct(rows, "line"),
        valueTitle,
        byDepth: true,
      });
    });
  },
};
