// The moods that the mood network assigns to stems.

import { cursorMark, drawChart } from "explorer/chart.js";
import { colourOf } from "explorer/colours.js";
import { distinct, short, table } from "explorer/data.js";
import { dataTable } from "explorer/data_table.js";
import { element, part } from "explorer/elements.js";
import { classes, isOf, networksOf, TRAININGS, trainingsOf } from "explorer/networks.js";

export default {
  name: "moods",
  title: "Moods",
  heading: "Which mood does a stem sound like?",
  lead: "The network that learned the moods of songs gets isolated stems. The bars show which share of the stems of a class it assigns to each quadrant of valence and arousal.",
  isThere: () => table("assigned_moods").length > 0,

  ask(choose) {
    const all = table("assigned_moods");
    const network = choose.select("network", "Network", networksOf(all));
    const training = choose.select("training", "Training", trainingsOf(all, network));
    const ofTraining = all.filter((row) => isOf(row, network) && row.training === training);
    const seed = choose.select("seed", "Seed", distinct(ofTraining, "seed"));
    return { network, training, seed };
  },

  draw(output, choice) {
    part(output, "moods", JSON.stringify(choice), (section) => {
      const rows = table("assigned_moods")
        .filter(
          (row) =>
            isOf(row, choice.network) && row.training === choice.training && String(row.seed) === choice.seed,
        )
        .map((row) => ({ ...row, place: classes().indexOf(row.class) }));
      const moods = distinct(rows, "mood").sort();
      const x = { field: "class", type: "nominal", sort: classes(), title: null, axis: { labelAngle: 0 } };
      const xOffset = { field: "mood", type: "nominal", sort: moods };
      const y = {
        field: "share",
        type: "quantitative",
        title: "Share of the stems",
        scale: { domain: [0, 1] },
      };
      const color = {
        field: "mood",
        type: "nominal",
        scale: { domain: moods, range: moods.map((_, i) => colourOf(i)) },
      };
      drawChart(section, {
        title: `Moods of stems, ${TRAININGS[choice.training]}`,
        rows,
        along: "place",
        series: "mood",
        columns: ["class", "mood", "share"],
        caption:
          "Q1: positive and excited, Q2: negative and excited, Q3: negative and calm, Q4: positive and calm.",
        describe: (row) => `${row.class}, ${row.mood}: ${short(row.share)}`,
        spec: { layer: [{ mark: "bar", encoding: { x, xOffset, y, color } }, cursorMark({ x, xOffset, y })] },
      });
    });
    part(output, "entropy", "", (section) => {
      const title = "Entropy of these moods, in bits";
      if (table("mood_entropy").length)
        section.append(element("h2", {}, title), dataTable(table("mood_entropy"), { caption: title }));
    });
  },
};
