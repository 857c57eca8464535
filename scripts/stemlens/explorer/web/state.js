// What is shown, in the fragment of the address, so that a view can be linked and found again.

let state = read();

function read() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

export const shown = () => state;

/** The fragment of an address that shows something. */
export const link = (choices) => `#${new URLSearchParams(choices)}`;

/** Change what is shown, without a step in the browser's history. */
export function change(changes) {
  // As read from an address, so that a choice is the same text however it was made.
  state = Object.fromEntries(new URLSearchParams({ ...state, ...changes }));
  try {
    history.replaceState(null, "", link(state));
  } catch {
    // A page inside another one, such as a report, has no address of its own.
  }
}

export function whenLinked(draw) {
  addEventListener("hashchange", () => {
    if (location.hash === "#main") return;
    // The theme is the reader's, not the view's.
    state = { ...(state.theme && { theme: state.theme }), ...read() };
    change({});
    draw();
  });
}
