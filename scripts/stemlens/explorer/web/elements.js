// Elements of the page. Text is always set as text: names of songs are data, never markup.

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/**
 * A part of the output that is made again only when its key changes: sounds play on.
 *
 * The element that has the focus gives it to the one of the same `data-focus` that takes its place.
 */
export function part(output, name, key, make) {
  const old = output.querySelector(`:scope > [data-part="${name}"]`);
  if (old && old.dataset.key === key) return old;
  const made = element("section", { "data-part": name, "data-key": key });
  const focused = old?.contains(document.activeElement) && document.activeElement.dataset.focus;
  // In its place first, so that what is drawn knows how wide it may be.
  if (old) old.replaceWith(made);
  else output.append(made);
  make(made);
  if (focused) made.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  return made;
}
