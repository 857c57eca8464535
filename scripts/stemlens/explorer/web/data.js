// What the page holds: tables, stimuli and models, each read when it is first asked for.

const read = new Map();

// Blocks that are compressed take a promise to open, which nobody else has to wait for.
const opened = new Map(
  await Promise.all(
    [...document.querySelectorAll('script[type="application/gzip"]')].map(async (element) => [
      element.id,
      await uncompressed(bytes(element.textContent)),
    ]),
  ),
);

function uncompressed(data) {
  return new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

export function block(name) {
  if (!read.has(name)) {
    const id = `data:${name}`;
    const text = opened.get(id) ?? document.getElementById(id)?.textContent;
    opened.delete(id);
    read.set(name, text === undefined ? null : JSON.parse(text));
  }
  return read.get(name);
}

export const run = () => block("run");

const rowsOf = new Map();

/** Rows of a table as objects; none where the run has no such table. */
export function table(name) {
  if (!rowsOf.has(name)) rowsOf.set(name, rows(block(`table:${name}`) ?? {}));
  return rowsOf.get(name);
}

function rows(columns) {
  const cells = Object.entries(columns).map(([name, column]) => [
    name,
    Array.isArray(column) ? column : column.codes.map((code) => column.values[code]),
  ]);
  const count = cells.length ? cells[0][1].length : 0;
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(cells.map(([name, values]) => [name, values[row]])),
  );
}

export const distinct = (rows, column) => [...new Set(rows.map((row) => row[column]))];

/** Layers of rows by depth. */
export function layersOf(rows) {
  const depths = new Map(rows.map((row) => [row.layer, row.depth]));
  return [...depths].sort((a, b) => a[1] - b[1]).map(([layer]) => layer);
}

export function bytes(base64) {
  const text = atob(base64);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const UNDEFINED = 2 ** 24 - 1;

/** Numbers of 24 bits between the lowest and the highest; NaN where undefined. */
export function numbers({ low, high, values }) {
  const data = bytes(values);
  return Float64Array.from({ length: data.length / 3 }, (_, i) => {
    const step = data[3 * i] + 256 * data[3 * i + 1] + 65536 * data[3 * i + 2];
    return step === UNDEFINED ? NaN : low + ((high - low) * step) / (UNDEFINED - 1);
  });
}

/** The short form of a number, as people read it. */
export function short(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1000 || Math.abs(value) < 0.001 ? value.toExponential(2) : value.toFixed(3);
}

/** An interval in brackets; a dash where one of its ends is open. */
export const interval = (low, high) =>
  (low ?? high ?? null) === null ? "" : ` [${short(low)}, ${short(high)}]`;
