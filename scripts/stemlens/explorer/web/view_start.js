// The first view: the question, the headline, and where to click.

import { drawCurves } from "explorer/curve_chart.js";
import { interval, layersOf, run, short, table } from "explorer/data.js";
import { element, part } from "explorer/elements.js";
import { classes, isOf, networksOf, networkText, studied, TRAININGS } from "explorer/networks.js";
import { link } from "explorer/state.js";

export default {
  name: "start",
  title: "Start",
  heading: "How does an audio network generalise, layer by layer?",
  lead: "Networks listened to isolated stems of songs that they had not been trained on. Here you can see, and hear, which of these sounds each layer finds alike.",
  isThere: () => true,
  ask: () => ({}),

  draw(output) {
    part(output, "corpus", "", (section) => {
      if (run().is_rendered) section.append(element("p", { class: "caution" }, RENDERED));
    });
    part(output, "headline", "", (section) =>
      section.append(element("ul", { class: "cards" }, ...headline().map(card))),
    );
    part(output, "ways", "", (section) =>
      section.append(
        element("h2", {}, "Where to go from here"),
        element("ul", { class: "cards" }, ...ways()),
      ),
    );
    part(output, "chart", "", drawContrast);
  },
};

const RENDERED =
  "These songs were composed and rendered by the workflow: they show what results look like, not how networks behave on real music.";

function card([number, text]) {
  return element("li", {}, element("strong", {}, number), text);
}

function headline() {
  const { networks, mse_measure: measure } = run();
  const cards = [];
  for (const [task, network] of Object.entries(networks)) {
    const scores = table("performance_over_seeds").filter(
      (row) => isOf(row, `${task}/${network}`) && row.training === "trained",
    );
    const best = scores.find(
      (row) =>
        row.metric === (task === "mood" ? "accuracy" : "f1") && ["macro", "samples"].includes(row.class),
    );
    if (best) {
      cards.push([
        short(best.value) + interval(best.ci_low, best.ci_high),
        `${best.metric === "f1" ? "macro F1" : "accuracy"} of the network that learned ${task}s (${network}), on ${best.n_songs} test songs`,
      ]);
    }
  }
  const counted = new Map();
  for (const row of table("hypotheses")) {
    const isStudied = row.network === networks[row.task] && row.training === "trained";
    if (isStudied && ["", measure].includes(row.mse_measure))
      counted.set(row.verdict, (counted.get(row.verdict) ?? 0) + 1);
  }
  if (counted.size) {
    const rest = [...counted]
      .filter(([verdict]) => verdict !== "supported")
      .map(([verdict, n]) => `${n} ${verdict}`)
      .join(", ");
    const applicable = [...counted].filter(([verdict]) => verdict !== "not applicable");
    const n = applicable.reduce((sum, [, count]) => sum + count, 0);
    cards.push([
      `${counted.get("supported") ?? 0} of ${n}`,
      `applicable hypotheses about the studied networks are supported; ${rest}`,
    ]);
  }
  return cards;
}

function drawContrast(section) {
  const all = table("contrast_over_seeds").filter((row) => row.measure === "pearson");
  const network = studied() ?? networksOf(all)[0]?.[0];
  if (!network) return;
  const layers = layersOf(all.filter((row) => isOf(row, network)));
  const shown = ["trained", "untrained"].filter((training) =>
    all.some((row) => isOf(row, network) && row.training === training),
  );
  const rows = shown.flatMap((training) =>
    classes().flatMap((name) =>
      all
        .filter((row) => isOf(row, network) && row.training === training && row.class === name)
        .map((row) => ({
          layer: row.layer,
          position: layers.indexOf(row.layer),
          series: name,
          line: TRAININGS[training],
          value: row.contrast,
          low: row.ci_low,
          high: row.ci_high,
          n_songs: row.n_songs,
          note: row.note,
        })),
    ),
  );
  drawCurves(section, {
    title: `How well the layers of ${networkText(network)} tell each class from the others`,
    caption:
      "Contrast: mean Pearson correlation of two stimuli of a class, minus that of stimuli of different classes. Above 0, stimuli of a class are more alike than stimuli of different classes. What the dashed curves of the untrained network show as well has not been learned.",
    rows,
    layers,
    series: classes(),
    lines: shown.map((training) => TRAININGS[training]),
    valueTitle: "Contrast in r",
  });
}

function ways() {
  const way = (target, title, text) =>
    element("li", {}, element("a", { href: link(target) }, title), element("br"), text);
  const first = classes()[0];
  return [
    way(
      { view: "curves", class: first, compare: "classes" },
      `Which layer tells ${first} from other classes?`,
      "Curves for any network, measure and class, with their controls.",
    ),
    way(
      { view: "pairs", pick: "lowest" },
      `Hear the two ${first} stimuli that are least alike`,
      "Every pair of stimuli, with sound, spectrograms and feature maps.",
    ),
    way(
      { view: "verdicts" },
      "What of the paper's findings holds here?",
      "Each hypothesis with its verdict, effect and interval.",
    ),
  ];
}
