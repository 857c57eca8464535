// The matrix of pairs: a grid that arrow keys walk through, drawn once and then only selected in.

import { inkOn, rampColour, RAMP_GRADIENT } from "explorer/colours.js";
import { short } from "explorer/data.js";
import { element } from "explorer/elements.js";

const WITH_NUMBERS_UP_TO = 16;

/** Draw the cells where there are none yet, and mark the chosen one. */
export function drawMatrix(section, { rows, columns, value, label, chosen, choose }) {
  if (!section.firstChild) draw(section, rows, columns, value, label, choose);
  const cells = section.cells;
  for (const cell of cells.values()) {
    if (cell.getAttribute("aria-selected") === "true") cell.setAttribute("aria-selected", "false");
    cell.tabIndex = -1;
  }
  const at = cells.get(String(chosen)) ?? cells.values().next().value;
  if (!at) return;
  at.tabIndex = 0;
  if (chosen) at.setAttribute("aria-selected", "true");
}

function draw(section, rows, columns, value, label, choose) {
  const values = rows
    .flatMap((row) => columns.map((column) => value(row.number, column.number)))
    .filter((each) => !Number.isNaN(each));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const share = (found) => (high > low ? (found - low) / (high - low) : 0.5);
  const isWide = columns.length <= WITH_NUMBERS_UP_TO;
  section.cells = new Map();
  const head = element(
    "tr",
    {},
    element("td", { class: "none" }),
    ...columns.map((column, i) =>
      element("th", { scope: "col", title: column.song, "aria-label": column.song }, String(i + 1)),
    ),
  );
  const body = rows.map((row, i) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", title: row.song }, element("span", {}, `${i + 1} ${row.song}`)),
      ...columns.map((column) => {
        const found = value(row.number, column.number);
        if (Number.isNaN(found)) return element("td", { class: "none", "aria-label": "no value" });
        const cell = element(
          "td",
          {
            "aria-selected": "false",
            "aria-label": `${row.song} and ${column.song}: ${short(found)}`,
            style: `background:${rampColour(share(found))};color:${inkOn(share(found))}`,
          },
          isWide ? found.toFixed(2) : "",
        );
        cell.pair = [row.number, column.number];
        section.cells.set(String(cell.pair), cell);
        return cell;
      }),
    ),
  );
  const grid = element(
    "table",
    { class: isWide ? "matrix wide" : "matrix", role: "grid", "aria-label": label },
    element("thead", {}, head),
    element("tbody", {}, ...body),
  );
  const take = (cell) => {
    if (cell?.pair) choose(...cell.pair);
  };
  grid.addEventListener("click", (event) => take(event.target.closest("td")));
  grid.addEventListener("keydown", (event) => walk(event, take));
  section.append(element("div", { class: "scroll" }, grid), key(low, high, values.length));
}

function walk(event, take) {
  const cell = event.target.closest("td");
  if (!cell) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    take(cell);
    return;
  }
  const next = neighbour(cell, event.key);
  if (next === undefined) return;
  event.preventDefault();
  if (!next) return;
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

/** The next cell with a value in the direction of an arrow key; null at the edge. */
function neighbour(cell, key) {
  const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  if (!(key in steps)) return undefined;
  const [down, right] = steps[key];
  const lines = [...cell.closest("tbody").rows];
  let [row, column] = [lines.indexOf(cell.parentElement), cell.cellIndex];
  do {
    row += down;
    column += right;
    const next = lines[row]?.cells[column];
    if (!next || next.tagName !== "TD") return null;
    if (next.pair) return next;
  } while (true);
}

function key(low, high, count) {
  if (!count) return "";
  return element(
    "p",
    {},
    `${short(low)} `,
    element("span", { class: "ramp", style: `background:${RAMP_GRADIENT}` }),
    ` ${short(high)}; empty: two stimuli of one song, or undefined`,
  );
}
