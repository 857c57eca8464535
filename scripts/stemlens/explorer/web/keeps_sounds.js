// A stimulus and what transformations make of it, to be heard.

import { block, distinct, run } from "explorer/data.js";
import { element } from "explorer/elements.js";
import { strengthText, words } from "explorer/keeps_parts.js";

export const sounds = () => block("keeps")?.sounds ?? [];

/** Songs whose transformed stimuli can be heard, and their classes. */
export const songsHeard = () => distinct(sounds(), "song");
export const classesHeard = () => distinct(sounds(), "class");

/** Players of one stimulus, its original first; of one transformation, if one is chosen. */
export function drawSounds(section, { song, heard, transformation }) {
  section.append(element("h2", {}, "What they sound like"));
  if (!sounds().length) {
    section.append(element("p", {}, run().silence || "Without sound: no stimulus has been transformed."));
    return;
  }
  const found = sounds().filter((sound) => sound.song === song && sound.class === heard);
  const shown = found.filter(
    (sound) =>
      sound.transformation === "original" || !transformation || sound.transformation === transformation,
  );
  section.append(
    element("p", {}, `${heard}: ${song}`),
    element("ul", { class: "cards" }, ...shown.map(player)),
  );
}

function player(sound) {
  const strength = strengthText(sound);
  const name = words(sound.transformation) + (strength ? `, ${strength}` : "");
  const audio = element("audio", {
    controls: true,
    preload: "metadata",
    "aria-label": `${sound.class}: ${sound.song}, ${name}`,
    src: `data:audio/mpeg;base64,${sound.audio}`,
  });
  return element("li", {}, element("h3", {}, name), audio);
}
