// Which layers hold the same: linear CKA of every two layers of a network, or of it and its control.

import { drawChart } from "explorer/chart.js";
import { DARK_UP_TO, rampColour } from "explorer/colours.js";
import { distinct, short, table } from "explorer/data.js";
import { part } from "explorer/elements.js";
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
      const rows = found.map((row) => ({
        ...row,
        share: row.cka === null ? 0 : Math.min(Math.max(row.cka, 0), 1),
      }));
      const byDepth = (side) =>
        [...new Map(rows.map((row) => [row[`layer_${side}`], row[`depth_${side}`]]))]
          .sort((a, b) => a[1] - b[1])
          .map(([layer]) => layer);
      const stops = Array.from({ length: 9 }, (_, i) => rampColour(i / 8));
      const x = {
        field: "layer_b",
        type: "nominal",
        sort: byDepth("b"),
        title: null,
        axis: { labelAngle: -40 },
      };
      const y = { field: "layer_a", type: "nominal", sort: byDepth("a").reverse(), title: null };
      drawChart(section, {
        title: `Linear CKA: ${networkText(choice.network)}, ${pairText(choice.compared)}`,
        rows,
        along: "depth_b",
        series: "layer_a",
        columns: ["layer_a", "layer_b", "cka", "note"],
        describe: (row) =>
          `${row.layer_a} and ${row.layer_b}: ${row.cka === null ? `undefined: ${row.note}` : short(row.cka)}`,
        spec: {
          layer: [
            {
              mark: "rect",
              encoding: {
                x,
                y,
                color: {
                  field: "cka",
                  type: "quantitative",
                  scale: { domain: [0, 1], range: stops, clamp: true },
                  legend: { title: "CKA", type: "gradient" },
                },
              },
            },
            {
              transform: [{ filter: "isValid(datum.cka)" }],
              mark: { type: "text", fontSize: 11 },
              encoding: {
                x,
                y,
                text: { field: "cka", type: "quantitative", format: ".2f" },
                color: { condition: { test: `datum.share > ${DARK_UP_TO}`, value: "#000" }, value: "#fff" },
              },
            },
            {
              transform: [{ filter: "datum.row === cursor" }],
              mark: { type: "rect", fill: null, stroke: "#56B4E9", strokeWidth: 4 },
              encoding: { x, y },
            },
          ],
        },
      });
    });
  },
};

function pairText(pair) {
  const [a, b] = pair.split(" and ").map((training) => TRAININGS[training] ?? training);
  return a === b ? `${a}, every two layers` : `${a} and ${b}, layer by layer`;
}
