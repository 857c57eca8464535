// A chart with what belongs to it: a caption, numbers by hover and keyboard, and the table behind it.

import { element } from "explorer/elements.js";
import { dataTable } from "explorer/data_table.js";

// Vega warns of each mark that has nothing to show, which is no fault here: an interval may be missing.
// As a syntax tree, expressions need no evaluation of text, which the page forbids.
const EMBEDDING = { renderer: "svg", actions: false, tooltip: false, logLevel: 1, ast: true };

/**
 * Draw a Vega-Lite chart of rows into a container.
 *
 * `spec` draws the data set "rows". `describe(row)` gives the numbers of a row in words. Arrow keys
 * walk through the rows, left and right along `along`, up and down from one `series` to the next;
 * the parameter "cursor" holds the number of the row that they are at.
 */
export function drawChart(container, { title, caption, rows, spec, describe, along, series, columns }) {
  const chart = element("div", { class: "chart", "aria-hidden": "true" });
  const readout = element(
    "output",
    { class: "readout" },
    "Hover over a point, or focus the chart and use the arrow keys.",
  );
  const focus = element(
    "div",
    {
      tabindex: 0,
      role: "group",
      "aria-roledescription": "chart",
      "aria-label": `${title}. Arrow keys read its values.`,
    },
    chart,
  );
  const figure = element(
    "figure",
    {},
    element("h2", {}, title),
    focus,
    readout,
    element("figcaption", {}, caption ?? ""),
    tableBehind(title, rows, columns),
  );
  container.append(figure);
  const numbered = rows.map((row, i) => ({ ...row, row: i }));
  const whole = {
    width: Math.max(240, container.clientWidth),
    height: 320,
    autosize: { type: "fit", contains: "padding" },
    background: null,
    config: look(container.clientWidth),
    data: { name: "rows", values: numbered },
    description: title,
    ...spec,
    params: [{ name: "cursor", value: -1 }, ...(spec.params ?? [])],
  };
  figure.drawn = vegaEmbed(chart, whole, EMBEDDING).then(({ view }) => {
    figure.view = view;
    const say = (row) => {
      readout.textContent = row ? describe(row) : "";
      view.signal("cursor", row ? row.row : -1).runAsync();
    };
    view.addEventListener("mousemove", (_, item) => {
      if (item?.datum?.row !== undefined) say(numbered[item.datum.row]);
    });
    walk(focus, numbered, along, series, say);
    return view;
  });
  return figure;
}

function walk(focus, rows, along, series, say) {
  const names = [...new Set(rows.map((row) => row[series]))];
  const of = (name) => rows.filter((row) => row[series] === name).sort((a, b) => a[along] - b[along]);
  let name = 0;
  let place = -1;
  focus.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
    if (!(event.key in steps) || !rows.length) return;
    event.preventDefault();
    const [down, right] = steps[event.key];
    if (place >= 0) name = (name + down + names.length) % names.length;
    const points = of(names[name]);
    place = Math.min(Math.max(place + right, 0), points.length - 1);
    say(points[place]);
  });
}

const isFilled = (value) => value !== null && value !== undefined && value !== "";

function tableBehind(title, rows, columns) {
  const details = element("details", {}, element("summary", {}, "The same as a table"));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) {
      const filled = columns?.filter((column) => rows.some((row) => isFilled(row[[column].flat()[0]])));
      details.append(dataTable(rows, { columns: filled, caption: title }));
    }
  });
  return details;
}

/** Axes and texts in the colours of the page; as many legend entries in a row as fit. */
const look = (width) => ({
  font: "system-ui, sans-serif",
  axis: {
    labelColor: "var(--ink)",
    titleColor: "var(--ink)",
    gridColor: "var(--line)",
    domainColor: "var(--soft)",
    tickColor: "var(--soft)",
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelLimit: 150,
  },
  legend: {
    labelColor: "var(--ink)",
    titleColor: "var(--ink)",
    labelFontSize: 12,
    orient: "top",
    title: null,
    labelLimit: 260,
    symbolOpacity: 1,
    columns: Math.max(1, Math.floor(width / 160)),
    layout: { top: { direction: "vertical", anchor: "start" } },
  },
  view: { stroke: null },
  text: { color: "var(--ink)" },
  rule: { color: "var(--soft)" },
});

/** The marks that show where arrow keys are. */
export const cursorMark = (encoding) => ({
  transform: [{ filter: "datum.row === cursor" }],
  mark: {
    type: "point",
    size: 260,
    strokeWidth: 3,
    color: "var(--focus)",
  },
  encoding,
});
