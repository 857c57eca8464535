// The matrix of pairs: a grid that arrow keys walk through, made once and then painted and selected in.

import { inkOn, rampColour, RAMP_GRADIENT } from "explorer/colours.js";
import { short } from "explorer/data.js";
import { element } from "explorer/elements.js";

const WITH_NUMBERS_UP_TO = 16;

/**
 * Make the grid of two lists of stimuli in a section.
 *
 * `choose(row, column)` is called with the numbers of two stimuli.
 */
export function makeMatrix(section, { rows, columns, choose }) {
  const isWide = columns.length <= WITH_NUMBERS_UP_TO;
  section.cells = new Map();
  const cellOf = (row, column) => {
    const cell = element("td");
    Object.assign(cell, { pair: [row.number, column.number], songs: `${row.song} and ${column.song}` });
    section.cells.set(String(cell.pair), cell);
    return cell;
  };
  const heads = columns.map(({ song }, i) =>
    element("th", { scope: "col", title: song, "aria-label": song }, String(i + 1)),
  );
  const lines = rows.map((row, i) => {
    const name = element("span", {}, `${i + 1} ${row.song}`);
    const head = element("th", { scope: "row", title: row.song }, name);
    return element("tr", {}, head, ...columns.map((column) => cellOf(row, column)));
  });
  const grid = element(
    "table",
    { class: isWide ? "matrix wide" : "matrix", role: "grid" },
    element("thead", {}, element("tr", {}, element("td", { class: "none" }), ...heads)),
    element("tbody", {}, ...lines),
  );
  const take = (cell) => {
    if (cell?.pair && hasValue(cell)) choose(...cell.pair);
  };
  grid.addEventListener("click", (event) => take(event.target.closest("td")));
  grid.addEventListener("keydown", (event) => walk(event, take));
  section.append(element("div", { class: "scroll" }, grid), element("p", { class: "key" }));
}

/** Paint what `value(row, column)` gives for each cell; `label` says what it is. */
export function paintMatrix(section, { value, label }) {
  const cells = [...section.cells.values()];
  const values = cells.map(({ pair }) => value(...pair));
  const defined = values.filter((each) => !Number.isNaN(each));
  const [low, high] = [Math.min(...defined), Math.max(...defined)];
  const share = (found) => (high > low ? (found - low) / (high - low) : 0.5);
  // Enough to tell the cells apart where all are close to 1.
  const digits = high - low < 0.05 ? 3 : 2;
  const grid = section.querySelector("table");
  grid.setAttribute("aria-label", label);
  const isWide = grid.classList.contains("wide");
  cells.forEach((cell, i) => {
    const found = values[i];
    const isDefined = !Number.isNaN(found);
    cell.className = isDefined ? "" : "none";
    cell.setAttribute("aria-label", isDefined ? `${cell.songs}: ${short(found)}` : "no value");
    cell.style.background = isDefined ? rampColour(share(found)) : "";
    cell.style.color = isDefined ? inkOn(share(found)) : "";
    cell.textContent = isWide && isDefined ? found.toFixed(digits) : "";
  });
  section.querySelector(".key").replaceChildren(...(defined.length ? key(low, high) : []));
}

/** Mark the chosen pair; Tab reaches it, or the first pair with a value. */
export function selectIn(section, pair) {
  const cells = [...section.cells.values()];
  const at = section.cells.get(String(pair)) ?? cells.find(hasValue);
  for (const cell of section.querySelectorAll("[aria-selected], [tabindex]")) {
    cell.removeAttribute("aria-selected");
    // Without its tabindex, the cell that was chosen by a key would lose the focus.
    if (cell !== at) cell.removeAttribute("tabindex");
  }
  if (!at) return;
  at.tabIndex = 0;
  if (pair) at.setAttribute("aria-selected", "true");
  const scroll = section.querySelector(".scroll");
  const isSeen =
    at.offsetLeft > scroll.scrollLeft &&
    at.offsetLeft + at.offsetWidth < scroll.scrollLeft + scroll.clientWidth;
  if (!isSeen) scroll.scrollLeft = at.offsetLeft - scroll.clientWidth / 2;
}

const hasValue = (cell) => !cell.classList.contains("none");

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
    if (!next?.pair) return null;
    if (hasValue(next)) return next;
  } while (true);
}

function key(low, high) {
  return [
    `${short(low)} `,
    element("span", { class: "ramp", style: `background:${RAMP_GRADIENT}` }),
    ` ${short(high)}; empty: no pair (one song, or two folds), or undefined`,
  ];
}
