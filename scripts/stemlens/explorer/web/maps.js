// Spectrograms and feature maps, each where its part of the input stands, in s and Hz.

import { ramp, RAMP_GRADIENT } from "explorer/colours.js";
import { block, short } from "explorer/data.js";
import { element } from "explorer/elements.js";
import { mapsIn } from "explorer/models.js";

const TICKS_HZ = [100, 500, 1000, 2000, 4000, 8000, 16000];

/** The two spectrograms, on one scale of levels. */
export function drawSpectrogram(section, pair) {
  const {
    stimuli,
    level_db: [low, high],
  } = block("stimuli");
  const grid = element(
    "div",
    { class: "pair" },
    legend("Spectrogram", Math.round(low), Math.round(high), "dB"),
  );
  section.append(grid);
  for (const number of pair) {
    const panel = mapPanel(`Mel spectrogram of ${stimuli[number].song}`, [1, 1]);
    grid.append(panel);
    pixels(stimuli[number].spectrogram).then((image) =>
      paint(panel, image, 0, image.height, (grey) => grey / 255),
    );
  }
}

/** One filter's maps in every layer that has maps; both stimuli of a layer on one scale. */
export function drawMaps(section, model, pair, filter) {
  const maps = Object.entries(mapsIn(model));
  const grid = element("div", { class: "pair" });
  section.append(grid);
  if (!maps.length) {
    section.append(
      element(
        "p",
        {},
        "The layers of this network are no maps of bands and frames, or were averaged over them.",
      ),
    );
    return;
  }
  section.painted = Promise.all(maps.map(([layer, map]) => drawLayer(grid, layer, map, pair, filter)));
}

async function drawLayer(grid, layer, map, pair, filter) {
  const number = Math.min(filter, map.filters) - 1;
  const [low, high] = [map.low[number], map.high[number]];
  const title = `${layer}, filter ${number + 1} (${map.bands} × ${map.frames})`;
  const heading = legend(title, low, high, "");
  const panels = pair.map((stimulus) =>
    mapPanel(`${title} of ${block("stimuli").stimuli[stimulus].song}`, map.covers),
  );
  grid.append(heading, ...panels);
  const images = await Promise.all(pair.map((stimulus) => pixels(map.images[stimulus])));
  const first = number * map.bands;
  const greys = images.flatMap((image) => greysOf(image, first, map.bands));
  const [darkest, brightest] = greys.reduce(
    ([a, b], grey) => [Math.min(a, grey), Math.max(b, grey)],
    [255, 0],
  );
  const valueOf = (grey) => low + ((high - low) * grey) / 255;
  heading.replaceWith(legend(title, valueOf(darkest), valueOf(brightest), ""));
  const share = (grey) => (brightest > darkest ? (grey - darkest) / (brightest - darkest) : 0.5);
  images.forEach((image, i) => paint(panels[i], image, first, map.bands, share));
}

function legend(title, low, high, unit) {
  return element(
    "p",
    { class: "row" },
    element("b", {}, title),
    ` ${short(low)} `,
    element("span", { class: "ramp", style: `background:${RAMP_GRADIENT}` }),
    ` ${short(high)} ${unit}`,
  );
}

/** An empty panel with its axes; what a map does not cover stays grey. */
function mapPanel(label, covers) {
  const [bands, frames] = covers ?? [1, 1];
  const canvas = element("canvas", {
    role: "img",
    "aria-label": label,
    style: `width:${100 * frames}%;height:${100 * bands}%`,
  });
  const panel = element("div", { class: "map" }, canvas);
  if (covers) panel.append(...hertzTicks(), ...secondTicks());
  return panel;
}

function hertzTicks() {
  const centres = block("stimuli").band_centres_hz;
  return TICKS_HZ.filter((hz) => hz <= centres.at(-1) && hz >= centres[0]).map((hz) => {
    const above = centres.findIndex((centre) => centre >= hz);
    const below = Math.max(above - 1, 0);
    const span = centres[above] - centres[below];
    const band = below + (span ? (hz - centres[below]) / span : 0) + 0.5;
    return element(
      "span",
      { class: "hz", style: `bottom:${(100 * band) / centres.length}%` },
      hz >= 1000 ? `${hz / 1000} kHz` : `${hz} Hz`,
    );
  });
}

function secondTicks() {
  const duration = block("stimuli").duration_s;
  return [0, 0.5, 1].map((share) =>
    element("span", { class: "s", style: `left:${100 * share}%` }, `${short(share * duration)} s`),
  );
}

const MOST_DECODED = 60;
const decoded = new Map();

/** Pixels of a picture; those that were shown last are kept. */
function pixels(base64) {
  if (decoded.size > MOST_DECODED) decoded.delete(decoded.keys().next().value);
  if (!decoded.has(base64)) decoded.set(base64, decode(base64));
  return decoded.get(base64);
}

async function decode(base64) {
  const image = new Image();
  image.src = `data:image/webp;base64,${base64}`;
  await image.decode();
  const canvas = element("canvas", { width: image.naturalWidth, height: image.naturalHeight });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function greysOf(image, first, count) {
  return Array.from({ length: count * image.width }, (_, i) => image.data[4 * (first * image.width + i)]);
}

/** Paint rows of a grey picture in the colours of the ramp. */
function paint(panel, image, first, count, share) {
  const canvas = panel.querySelector("canvas");
  Object.assign(canvas, { width: image.width, height: count });
  const colours = Array.from({ length: 256 }, (_, grey) => ramp(share(grey)));
  const painted = new ImageData(image.width, count);
  greysOf(image, first, count).forEach((grey, i) => painted.data.set([...colours[grey], 255], 4 * i));
  canvas.getContext("2d").putImageData(painted, 0, 0);
}
