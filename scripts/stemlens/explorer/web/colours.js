// Colours that the colour-blind can tell apart: Okabe and Ito's and three more for classes, one ramp for values.

const PALETTE = [
  ...["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#808080"],
  ...["#9900FF", "#CC0033", "#9966FF"],
];
const BAR = "M-1,-0.4L1,-0.4L1,0.4L-1,0.4Z";
const HOURGLASS = "M-1,-1L1,-1L-1,1L1,1Z";
const SHAPES = [
  ...["circle", "square", "triangle-up", "diamond", "triangle-down", "cross", BAR],
  ...["triangle-right", HOURGLASS, "triangle-left"],
];

export const colourOf = (index) => PALETTE[index % PALETTE.length];
// One further on in each round of the colours: the eleventh class is not the first again.
export const shapeOf = (index) => SHAPES[(index + Math.floor(index / PALETTE.length)) % SHAPES.length];

// From dark to bright, even in lightness, after the magma map of matplotlib at every eighth of it.
const RAMP = [
  [0, 0, 4],
  [29, 17, 71],
  [81, 18, 124],
  [131, 38, 129],
  [183, 55, 121],
  [230, 81, 100],
  [252, 137, 97],
  [254, 196, 136],
  [252, 253, 191],
];

/** Red, green and blue, 0 to 255, of a share from 0 to 1. */
export function ramp(share) {
  const place = Math.min(Math.max(share, 0), 1) * (RAMP.length - 1);
  const below = Math.min(Math.floor(place), RAMP.length - 2);
  return RAMP[below].map((from, i) => Math.round(from + (RAMP[below + 1][i] - from) * (place - below)));
}

export const rampColour = (share) => `rgb(${ramp(share).join(",")})`;

/** Up to this share white is read better on the ramp than black; either has a contrast of 4.5. */
export const DARK_UP_TO = 0.55;

/** Text that can be read on a colour of the ramp. */
export const inkOn = (share) => (share > DARK_UP_TO ? "#000" : "#fff");

export const RAMP_GRADIENT = `linear-gradient(to right, ${RAMP.map((rgb) => `rgb(${rgb.join(",")})`).join(", ")})`;
