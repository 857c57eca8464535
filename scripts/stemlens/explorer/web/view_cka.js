// Which layers hold the same: linear CKA of every two layers of a network, or of it and its control.

import { distinct, table } from "explorer/data.js";
import { part } from "explorer/elements.js";
import { drawHeatMap } from "explorer/heat_map.js";
import { isOf, networksOf, networkText, studied, TRAININGS } from "explorer/networks.js";

export default {
  name: "cka",
  title: "CKA",
  heading: "Which layers hold the same?",
  lead: "Linear CKA, debiased: 1 where two layers arrange the stimuli alike, 0 where they have nothing in common.",
  isThere: () => table("cka").length > 0,

  ask(choose) {
    const network = choose.select("network", "Network", networksOf(table("cka")), studied());
    const rows = table("cka").filter((row) => isOf(row, network));
    const pairs = distinct(
      rows.map((row) => ({ pair: `${row.training_a} and ${row.training_b}` })),
      "pair",
    );
    const compared = choose.select(
      "compared",
      "Layers of",
      pairs.map((pair) => [pair, pairText(pair)]),
    );
    const seed = choose.select("seed", "Seed", distinct(rows, "seed"));
    return { network, compared, seed };
  },

  draw(output, choice) {
    part(output, "chart", JSON.stringify(choice), (section) => {
      const found = table("cka").filter(
        (row) =>
          isOf(row, choice.network) &&
          `${row.training_a} and ${row.training_b}` === choice.compared &&
          String(row.seed) === choice.seed,
      );
      const byDepth = (side) =>
        [...new Map(found.map((row) => [row[`layer_${side}`], row[`depth_${side}`]]))]
          .sort((a, b) => a[1] - b[1])
          .map(([layer]) => layer);
      drawHeatMap(section, {
        title: `Linear CKA: ${networkText(choice.network)}, ${pairText(choice.compared)}`,
        rows: found.map((row) => ({ ...row, value: row.cka })),
        x: "layer_b",
        y: "layer_a",
        columns: byDepth("b"),
        lines: byDepth("a").reverse(),
        along: "depth_b",
        valueTitle: "CKA",
        table: ["layer_a", "layer_b", "cka", "note"],
      });
    });
  },
};

function pairText(pair) {
  const [a, b] = pair.split(" and ").map((training) => TRAININGS[training] ?? training);
  return a === b ? `${a}, every two layers` : `${a} and ${b}, layer by layer`;
}
