// Where the results come from.

import { run } from "explorer/data.js";
import { element, part } from "explorer/elements.js";

export default {
  name: "run",
  title: "About",
  heading: "Where these results come from",
  lead: "What made this page. Tables and figures that were made earlier, by other code or settings, say so themselves, in the metadata beside or inside them.",
  isThere: () => true,
  ask: () => ({}),

  draw(output) {
    part(output, "run", "", (section) => {
      section.append(...listed(run().provenance));
      section.append(
        element("h2", {}, "The paper"),
        element(
          "p",
          {},
          "R. B. Gebhardt, A. Lykartsis, S. Weinzierl: Eine qualitative Untersuchung des Generalisierungsverhaltens von CNNs zur Instrumentenerkennung. TU Berlin, Fachgebiet Audiokommunikation.",
        ),
      );
    });
  },
};

function listed(entries) {
  return Object.entries(entries).map(([name, value]) => {
    if (value !== null && typeof value === "object") {
      return element(
        "details",
        {},
        element("summary", {}, name),
        element("pre", {}, JSON.stringify(value, null, 2)),
      );
    }
    return element("p", {}, element("b", {}, `${name}: `), String(value ?? "unknown"));
  });
}
