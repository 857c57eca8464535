// Similarity of every two stimuli, and feature maps, of each model that the page holds.

import { block, numbers } from "explorer/data.js";
import { networkText, TRAININGS } from "explorer/networks.js";

/** Names of the models that the page holds, as `<task>/<network>/<training>-seed<k>`. */
export const models = () => block("models") ?? [];

export const trainingOf = (model) => TRAININGS[model.split("/")[2].replace(/-seed\d+$/, "")];

export function modelText(model) {
  const [task, network] = model.split("/");
  return `${networkText(`${task}/${network}`)}, ${trainingOf(model)}`;
}

const values = new Map();

/** Similarity of two stimuli in a layer; NaN for two of one song or of two folds, or where it is undefined. */
export function similarityIn(model, measure, layer) {
  const key = [model, measure, layer].join("\n");
  if (!values.has(key)) values.set(key, numbers(block(`model:${model}`).pairs[measure][layer]));
  const count = block("stimuli").stimuli.length;
  const of = values.get(key);
  return (a, b) => {
    const [first, second] = a < b ? [a, b] : [b, a];
    if (first === second) return NaN;
    return of[first * count - (first * (first + 1)) / 2 + (second - first - 1)];
  };
}

export const layersIn = (model) => block(`model:${model}`).layers;
export const mapsIn = (model) => block(`model:${model}`).maps;
