// How well the networks predict, and what they cost.

import { cursorMark, drawChart } from "explorer/chart.js";
import { colourOf } from "explorer/colours.js";
import { distinct, interval, short, table } from "explorer/data.js";
import { dataTable } from "explorer/data_table.js";
import { element, part } from "explorer/elements.js";
import { networkText, TRAININGS } from "explorer/networks.js";

const METRICS = {
  f1: "F1",
  average_precision: "average precision",
  roc_auc: "area under the ROC curve",
  subset_accuracy: "subset accuracy",
};

export default {
  name: "performance",
  title: "Performance",
  heading: "How well do the networks predict?",
  lead: "Scores on songs of the test split, with intervals over songs and, with several trainings, over these. The class prior predicts every class as often as the training set has it.",
  isThere: () => table("performance_over_seeds").length > 0,

  ask(choose) {
    const all = table("performance_over_seeds");
    const metric = choose.select(
      "metric",
      "Metric",
      distinct(all, "metric").map((name) => [name, METRICS[name] ?? name]),
      "f1",
    );
    const ofMetric = all.filter((row) => row.metric === metric);
    return { metric, class: choose.select("class", "Class", distinct(ofMetric, "class"), "macro") };
  },

  draw(output, choice) {
    part(output, "scores", JSON.stringify(choice), (section) => {
      const rows = table("performance_over_seeds")
        .filter((row) => row.metric === choice.metric && row.class === choice.class && row.value !== null)
        .map((row, place) => ({
          ...row,
          place,
          name: `${networkText(`${row.task}/${row.network}`)}${row.training ? `, ${TRAININGS[row.training]}` : ""}`,
        }));
      const y = {
        field: "name",
        type: "nominal",
        sort: rows.map(({ name }) => name),
        title: null,
        axis: { labelLimit: 230 },
      };
      const x = {
        field: "value",
        type: "quantitative",
        title: `${METRICS[choice.metric] ?? choice.metric}, ${choice.class}`,
        scale: { domain: [0, 1] },
      };
      const tasks = distinct(rows, "task");
      const color = {
        field: "task",
        type: "nominal",
        scale: { domain: tasks, range: tasks.map((_, i) => colourOf(i)) },
      };
      drawChart(section, {
        title: `${METRICS[choice.metric] ?? choice.metric}, ${choice.class}`,
        rows,
        along: "place",
        series: "task",
        columns: ["name", "value", "ci_low", "ci_high", "n_songs", "n_seeds", "note"],
        describe: (row) => `${row.name}: ${short(row.value)}${interval(row.ci_low, row.ci_high)}`,
        spec: {
          height: 26 * rows.length + 90,
          layer: [
            {
              transform: [{ filter: "isValid(datum.ci_low)" }],
              mark: { type: "rule", strokeWidth: 2 },
              encoding: { y, x: { ...x, field: "ci_low" }, x2: { field: "ci_high" }, color },
            },
            { mark: { type: "point", filled: true, size: 70, opacity: 1 }, encoding: { y, x, color } },
            cursorMark({ y, x }),
          ],
        },
      });
    });
    part(output, "networks", "", (section) => {
      for (const [name, title] of [
        ["networks", "Networks and what they cost"],
        ["training", "Trainings"],
      ]) {
        if (table(name).length)
          section.append(element("h2", {}, title), dataTable(table(name), { caption: title }));
      }
    });
  },
};
