// Curves over the layers of a network, with their intervals; crosses where a value is undefined.

import { cursorMark, drawChart } from "explorer/chart.js";
import { colourOf, shapeOf } from "explorer/colours.js";
import { interval, short } from "explorer/data.js";

const MOST_BANDS = 8;
const WIDE_PX = 70;

/**
 * Draw curves.
 *
 * `known` are all names that `series` may have, so that each has its colour wherever it is shown.
 * Rows have `layer`, `position` (number of the layer, or its relative depth), `series` (what has a
 * colour), `line` (what has a dash), `value`, `low`, `high`, `n_songs`, `note` and, where a value lies
 * above or below all that was measured, `beyond`: "above" or "below". Curves break where a value is
 * undefined, and leave the chart below `lowest`.
 */
export function drawCurves(
  container,
  { title, caption, rows, layers, series, known = series, lines, valueTitle, byDepth = false, lowest = null },
) {
  const x = byDepth
    ? {
        field: "position",
        type: "quantitative",
        title: "Relative depth",
        axis: { tickCount: 5 },
        scale: { domain: [0, 1] },
      }
    : {
        field: "layer",
        type: "nominal",
        sort: layers,
        title: "Layer",
        axis: { labelAngle: container.clientWidth / layers.length < WIDE_PX ? -40 : 0 },
        scale: { type: "point", padding: 0.3 },
      };
  const isLow = lowest !== null && rows.some(({ value }) => value !== null && value < lowest);
  const scale = { zero: false, ...(isLow && { domainMin: lowest }) };
  const y = { field: "value", type: "quantitative", title: valueTitle, scale };
  const places = series.map((name) => known.indexOf(name));
  const colour = { field: "series", type: "nominal", scale: { domain: series, range: places.map(colourOf) } };
  const shape = { field: "series", type: "nominal", scale: { domain: series, range: places.map(shapeOf) } };
  const dash = {
    field: "line",
    type: "nominal",
    scale: {
      domain: lines,
      range: [
        [1, 0],
        [6, 4],
        [2, 3],
        [8, 3, 2, 3],
      ].slice(0, lines.length),
    },
    legend: lines.length > 1 ? { symbolType: "stroke", symbolSize: 900, symbolStrokeWidth: 2 } : null,
  };
  const detail = { field: "line", type: "nominal" };
  const shown = { filter: `isValid(datum.value)${isLow ? ` && datum.value >= ${lowest}` : ""}` };
  const cursor = cursorMark({ x, y });
  const band = {
    transform: [{ filter: "isValid(datum.low) && isValid(datum.high)" }],
    mark: { type: "area", opacity: 0.14, clip: isLow },
    encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: colour, detail },
  };
  const atRim = (which, text, height) => ({
    transform: [{ filter: `!isValid(datum.value) && ${which}` }],
    mark: { type: "text", text, fontSize: 16 },
    encoding: { x, y: { value: { expr: height } }, color: colour },
  });
  const spec = {
    layer: [
      ...(series.length * lines.length <= MOST_BANDS ? [band] : []),
      {
        mark: { type: "line", strokeWidth: 2, clip: isLow },
        encoding: { x, y, color: colour, strokeDash: dash },
      },
      {
        transform: [shown],
        mark: { type: "point", filled: true, size: 55, opacity: 1 },
        encoding: { x, y, color: colour, shape, detail },
      },
      atRim("!datum.beyond", "×", "height - 6"),
      atRim("datum.beyond === 'above'", "△", "8"),
      atRim("datum.beyond === 'below'", "▽", "height - 8"),
      // Easier to hit than a small point.
      {
        transform: [shown],
        mark: { type: "point", filled: true, size: 500, opacity: 0 },
        encoding: { x, y },
      },
      { ...cursor, mark: { ...cursor.mark, clip: isLow } },
    ],
  };
  const describe = (row) => {
    const value =
      row.value !== null
        ? short(row.value) + interval(row.low, row.high)
        : `${row.beyond ? "" : "undefined: "}${row.note}`;
    const songs = row.n_songs ? `, ${row.n_songs} songs` : "";
    return `${row.layer}, ${row.series}${lines.length > 1 ? `, ${row.line}` : ""}: ${value}${songs}`;
  };
  const joined = rows.map((row) => ({ ...row, curve: `${row.series} ${row.line}` }));
  return drawChart(container, {
    title,
    caption,
    rows: joined,
    spec,
    describe,
    along: "position",
    series: "curve",
    columns: [
      ["layer", "Layer"],
      ["series", "Curve"],
      ["line", "Line"],
      ["value", valueTitle],
      ["low", "Interval from"],
      ["high", "to"],
      ["n_songs", "Songs"],
      ["note", "Note"],
    ],
  });
}
