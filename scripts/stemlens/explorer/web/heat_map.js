// A heat map of numbers from 0 to 1, with the numbers in its cells.

import { drawChart } from "explorer/chart.js";
import { DARK_UP_TO, rampColour } from "explorer/colours.js";
import { short } from "explorer/data.js";

const STEPS = 8;
const STOPS = Array.from({ length: STEPS + 1 }, (_, i) => rampColour(i / STEPS));

/**
 * Draw a heat map of rows.
 *
 * Rows have `value`, `note`, and the fields `x` and `y`, whose names are in order in `columns` and
 * `lines` (from the top). Numbers below 0 have the colour of 0, those above 1 that of 1.
 */
export function drawHeatMap(
  container,
  { title, caption, rows, x, y, columns, lines, valueTitle, along, table },
) {
  const place = {
    x: { field: x, type: "nominal", sort: columns, title: null, axis: { labelAngle: -40 } },
    y: { field: y, type: "nominal", sort: lines, title: null },
  };
  const shared = rows.map((row) => ({ ...row, share: Math.min(Math.max(row.value ?? 0, 0), 1) }));
  return drawChart(container, {
    title,
    caption,
    rows: shared,
    along,
    series: y,
    columns: table,
    describe: (row) =>
      `${row[y]} and ${row[x]}: ${row.value === null ? `undefined: ${row.note}` : short(row.value)}`,
    spec: {
      layer: [
        {
          mark: "rect",
          encoding: {
            ...place,
            color: {
              field: "value",
              type: "quantitative",
              scale: { domain: [0, 1], range: STOPS, clamp: true },
              legend: { title: valueTitle, type: "gradient" },
            },
          },
        },
        {
          transform: [{ filter: "isValid(datum.value)" }],
          mark: { type: "text", fontSize: 11 },
          encoding: {
            ...place,
            text: { field: "value", type: "quantitative", format: ".2f" },
            color: { condition: { test: `datum.share > ${DARK_UP_TO}`, value: "#000" }, value: "#fff" },
          },
        },
        {
          transform: [{ filter: "datum.row === cursor" }],
          mark: { type: "rect", fill: null, stroke: "#56B4E9", strokeWidth: 4 },
          encoding: place,
        },
      ],
    },
  });
}
