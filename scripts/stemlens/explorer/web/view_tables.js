// Every table of the run, to sort and filter.

import { block, table } from "explorer/data.js";
import { dataTable } from "explorer/data_table.js";
import { element, part } from "explorer/elements.js";

const ROWS_PER_PAGE = 100;

export default {
  name: "tables",
  title: "Tables",
  heading: "Every table of the run",
  lead: "Click a heading to sort. The filter keeps rows in which every word occurs, or the beginning of one.",
  isThere: () => names().length > 0,

  ask(choose) {
    const name = choose.select("table", "Table", names(), "similarity_over_seeds");
    const filter = choose.text("filter", "Filter");
    return { name, filter };
  },

  draw(output, { name, filter }, { state, change, redraw }) {
    const by = state.by && name === state.of ? state.by : "";
    const descending = state.descending === "1";
    const page = name === state.of ? Number(state.page) || 0 : 0;
    const update = (changes) => {
      change({ of: name, ...changes });
      redraw();
    };
    part(output, "table", JSON.stringify([name, filter, by, descending, page]), (section) => {
      const rows = sorted(filtered(table(name), filter), by, descending);
      const last = Math.max(Math.ceil(rows.length / ROWS_PER_PAGE) - 1, 0);
      const at = Math.min(page, last);
      const turn = (text, to) =>
        element(
          "button",
          {
            type: "button",
            "data-focus": text,
            disabled: to < 0 || to > last,
            onclick: () => update({ page: to, by, descending: Number(descending) }),
          },
          text,
        );
      const first = at * ROWS_PER_PAGE;
      section.append(
        element(
          "p",
          { class: "pager", role: "status" },
          turn("Previous", at - 1),
          turn("Next", at + 1),
          rows.length
            ? `Rows ${first + 1} to ${Math.min(first + ROWS_PER_PAGE, rows.length)} of ${rows.length}`
            : "No row has all these words.",
        ),
        dataTable(rows.slice(first, first + ROWS_PER_PAGE), {
          caption: name,
          columns: Object.keys(block(`table:${name}`)),
          exact: true,
          sort: {
            by,
            descending,
            change: (column) =>
              update({ by: column, descending: Number(column === by && !descending), page: 0 }),
          },
        }),
      );
    });
  },
};

const names = () => block("tables") ?? [];

/** Rows in which every word of the filter begins a word: "trained" leaves out "untrained". */
function filtered(rows, filter) {
  const begins = filter
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => new RegExp(`(?<![\\p{L}\\p{N}])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`, "iu"));
  return rows.filter((row) => {
    const text = Object.values(row).join("\n");
    return begins.every((word) => word.test(text));
  });
}

function sorted(rows, by, descending) {
  if (!by) return rows;
  const sign = descending ? -1 : 1;
  // What is missing comes last, whatever the direction.
  const isMissing = (value) => value === null || value === "";
  return [...rows].sort((a, b) => {
    if (isMissing(a[by]) || isMissing(b[by])) return isMissing(a[by]) - isMissing(b[by]);
    return sign * (a[by] < b[by] ? -1 : a[by] > b[by] ? 1 : 0);
  });
}
