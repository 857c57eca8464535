// A table of rows: for screen readers behind charts, and to sort, filter and page.

import { short } from "explorer/data.js";
import { element } from "explorer/elements.js";

/**
 * Make a table.
 *
 * `columns` are names of fields, or [name, heading]; all fields where there are none. With `sort`, the
 * headings are buttons: sort.by and sort.descending say how it is sorted, sort.change(by) is called.
 */
export function dataTable(rows, { columns, caption, sort, exact = false } = {}) {
  const names = (columns ?? Object.keys(rows[0] ?? {})).map((name) =>
    Array.isArray(name) ? name : [name, name],
  );
  const head = names.map(([name, heading]) => {
    if (!sort) return element("th", { scope: "col" }, heading);
    const isSorted = sort.by === name;
    const direction = sort.descending ? "descending" : "ascending";
    const sign = isSorted ? (sort.descending ? " ▾" : " ▴") : "";
    return element(
      "th",
      { scope: "col", "aria-sort": isSorted ? direction : null },
      element(
        "button",
        { type: "button", "data-focus": name, onclick: () => sort.change(name) },
        heading + sign,
      ),
    );
  });
  const body = rows.map((row) =>
    element(
      "tr",
      {},
      ...names.map(([name]) => {
        const value = row[name];
        if (typeof value !== "number")
          return element("td", {}, value === null || value === undefined ? "" : String(value));
        return element("td", { class: "number" }, exact ? String(value) : short(value));
      }),
    ),
  );
  const table = element(
    "table",
    { class: "data" },
    element("caption", { class: "unseen" }, caption ?? ""),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
  return element(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption ?? "Table" },
    table,
  );
}
