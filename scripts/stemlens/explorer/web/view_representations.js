// What a linear probe can read from each layer, and how far apart the classes lie.

import { drawCurves } from "explorer/curve_chart.js";
import { layersOf, table } from "explorer/data.js";
import { part } from "explorer/elements.js";
import {
  classes,
  isOf,
  networksOf,
  networkText,
  studied,
  TRAININGS,
  trainingsOf,
} from "explorer/networks.js";

const QUANTITIES = {
  probe: [
    "Linear probe on mixes",
    "Balanced accuracy",
    "How often a linear classifier tells from the layer whether a class plays in a mix of several; 0.5 is chance.",
  ],
  silhouette: [
    "Silhouette of the classes",
    "Mean silhouette",
    "How much closer stimuli lie to their own class than to the nearest other one, from −1 to 1; 0 is no difference.",
  ],
  distance_ratio: [
    "Distance between ÷ within classes",
    "Ratio of distances",
    "Mean Euclidean distance between stimuli of different classes, divided by that within classes; 1 is no difference.",
  ],
};

export default {
  name: "probes",
  title: "Probes",
  heading: "From which layer on can the classes be told apart?",
  lead: "The same question, asked in three other ways than by similarity.",
  isThere: () => table("probe").length + table("separability").length > 0,

  ask(choose) {
    const there = Object.entries(QUANTITIES).filter(([name]) => rowsOf(name).length);
    const quantity = choose.select(
      "quantity",
      "What",
      there.map(([name, [title]]) => [name, title]),
    );
    const network = choose.select("network", "Network", networksOf(rowsOf(quantity)), studied());
    return { quantity, network };
  },

  draw(output, choice) {
    part(output, "chart", JSON.stringify(choice), (section) => {
      const [title, valueTitle, caption] = QUANTITIES[choice.quantity];
      const all = rowsOf(choice.quantity).filter((row) => isOf(row, choice.network));
      const layers = layersOf(all);
      const lines = trainingsOf(all, choice.network).map(([, text]) => text);
      const series = choice.quantity === "probe" ? classes() : ["all classes"];
      const rows = all.map((row) => ({
        layer: row.layer,
        position: layers.indexOf(row.layer),
        series: row.class ?? "all classes",
        line: TRAININGS[row.training],
        value: row.balanced_accuracy === undefined ? row.value : row.balanced_accuracy,
        low: row.ci_low,
        high: row.ci_high,
        n_songs: row.n_songs,
        note: row.note,
      }));
      drawCurves(section, {
        title: `${title}: ${networkText(choice.network)}`,
        caption,
        rows,
        layers,
        series,
        lines,
        valueTitle,
      });
    });
  },
};

function rowsOf(quantity) {
  return quantity === "probe"
    ? table("probe")
    : table("separability").filter((row) => row.measure === quantity);
}
