// Two stimuli: their sound, how alike each layer finds them, their spectrograms and feature maps.

import { drawCurves } from "explorer/curve_chart.js";
import { block, run, short } from "explorer/data.js";
import { element, part } from "explorer/elements.js";
import { drawMaps, drawSpectrogram } from "explorer/maps.js";
import { layersIn, models, modelText, similarityIn, trainingOf } from "explorer/models.js";
import { measureText } from "explorer/networks.js";

/** Draw a pair of numbers of stimuli; what does not change, such as a sound that plays, stays. */
export function drawPair(output, pair, { model, measure, layer, filter }) {
  part(output, "sounds", pair.join(), (section) =>
    section.append(
      element("h2", {}, "The pair"),
      element("div", { class: "pair" }, ...pair.map(stimulusArticle)),
    ),
  );
  part(output, "value", JSON.stringify([model, measure, layer, pair]), (section) => {
    const value = short(similarityIn(model, measure, layer)(...pair));
    const text = `${measureText(measure)} in ${layer} of ${modelText(model)}: ${value}`;
    section.append(element("p", { role: "status", class: "value" }, text));
  });
  part(output, "curve", JSON.stringify([networkOf(model), measure, pair]), (section) =>
    drawThroughLayers(section, pair, model, measure),
  );
  part(output, "spectrograms", pair.join(), (section) => drawSpectrogram(section, pair));
  part(output, "maps", JSON.stringify([model, pair, filter]), (section) =>
    drawMaps(section, model, pair, filter),
  );
}

// One sound at a time.
document.addEventListener(
  "play",
  ({ target }) => {
    for (const sound of document.querySelectorAll("audio")) if (sound !== target) sound.pause();
  },
  true,
);

function stimulusArticle(number) {
  const stimulus = block("stimuli").stimuli[number];
  const name = `${stimulus.class}: ${stimulus.song}`;
  const sound = stimulus.audio
    ? element("audio", {
        controls: true,
        preload: "metadata",
        "aria-label": name,
        src: `data:audio/mpeg;base64,${stimulus.audio}`,
      })
    : element("p", {}, run().silence);
  return element(
    "article",
    {},
    element("h3", {}, name),
    element(
      "p",
      {},
      `from ${stimulus.start_s} s of the song${stimulus.fold ? `, in fold ${stimulus.fold}` : ""}`,
    ),
    sound,
  );
}

const networkOf = (model) => model.split("/").slice(0, 2).join("/");

/** The similarity of the pair in every layer of a network, trained and not. */
function drawThroughLayers(section, pair, model, measure) {
  const twins = models().filter((each) => networkOf(each) === networkOf(model));
  const layers = layersIn(model).map(({ layer }) => layer);
  const rows = twins.flatMap((each) =>
    layers.map((layer, position) => {
      const value = similarityIn(each, measure, layer)(...pair);
      const isDefined = !Number.isNaN(value);
      const note = isDefined ? "" : "no pair (two folds), or the measure is undefined here";
      return {
        layer,
        position,
        series: trainingOf(each),
        line: "pair",
        value: isDefined ? value : null,
        low: null,
        high: null,
        note,
      };
    }),
  );
  drawCurves(section, {
    title: "How alike each layer finds the two",
    caption: "What the untrained network shows too has not been learned.",
    rows,
    layers,
    series: twins.map(trainingOf),
    lines: ["pair"],
    valueTitle: measureText(measure),
  });
}
