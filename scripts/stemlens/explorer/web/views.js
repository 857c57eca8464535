// The views, in the order of the navigation: a further one is a module and a line here.

import cka from "explorer/view_cka.js";
import curves from "explorer/view_curves.js";
import keeps from "explorer/view_keeps.js";
import ladder from "explorer/view_ladder.js";
import moods from "explorer/view_moods.js";
import pairs from "explorer/view_pairs.js";
import performance from "explorer/view_performance.js";
import representations from "explorer/view_representations.js";
import about from "explorer/view_run.js";
import start from "explorer/view_start.js";
import tables from "explorer/view_tables.js";
import verdicts from "explorer/view_verdicts.js";

export default [
  start,
  curves,
  pairs,
  verdicts,
  performance,
  representations,
  cka,
  keeps,
  ladder,
  moods,
  tables,
  about,
];
