// The controls of a view: labelled fields of the browser's own, kept while their options change.

import { element } from "explorer/elements.js";

/**
 * Ask for choices, each among options that may depend on earlier ones.
 *
 * `ask(choose)` calls choose.select(key, label, options, preferred) and choose.range(key, label, low,
 * high), which return what is chosen: what the address says, if it is an option, else the preferred one
 * or the first. Options are texts or [value, text].
 */
export function askFor(form, ask, stated, whenChanged) {
  const asked = new Set();
  const keep = (key, label, make) => {
    asked.add(key);
    const field = form.querySelector(`[name="${key}"]`) ?? place(form, label, key, make());
    field.onchange = field.oninput = () => whenChanged({ [key]: field.value });
    return field;
  };
  const choose = {
    select(key, label, options, preferred) {
      const pairs = options
        .map((option) => (Array.isArray(option) ? option : [option, option]))
        .map(([v, t]) => [String(v), String(t)]);
      const field = keep(key, label, () => element("select", { name: key }));
      const text = JSON.stringify(pairs);
      if (field.dataset.options !== text) {
        field.dataset.options = text;
        field.replaceChildren(...pairs.map(([value, name]) => element("option", { value }, name)));
      }
      const values = pairs.map(([value]) => value);
      const value = [stated[key], preferred, values[0]].find((each) => values.includes(each)) ?? "";
      field.value = value;
      field.disabled = values.length < 2;
      return value;
    },
    range(key, label, low, high) {
      const field = keep(key, label, () => element("input", { type: "range", name: key, step: 1 }));
      const value = Math.min(Math.max(Number(stated[key]) || low, low), high);
      Object.assign(field, { min: low, max: high, value });
      field.setAttribute("aria-valuetext", `${value} of ${high}`);
      field.previousSibling.textContent = `${label}: ${value} of ${high}`;
      return value;
    },
    text(key, label) {
      const field = keep(key, label, () => element("input", { type: "search", name: key }));
      if (field !== document.activeElement) field.value = stated[key] ?? "";
      return stated[key] ?? "";
    },
  };
  const choice = ask(choose);
  for (const field of form.querySelectorAll("[name]")) {
    if (!asked.has(field.name)) field.closest("label").remove();
  }
  return choice;
}

function place(form, label, key, field) {
  form.append(element("label", {}, label, field));
  return field;
}
