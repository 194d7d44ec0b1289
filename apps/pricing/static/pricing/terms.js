// Lines of a promotion: a choice brings its own fields, and there is always an empty line below.
// Without this script the button in <noscript> does the same, one step at a time.
"use strict";

function numbered(template, number) {
  const copy = document.createElement("template");
  copy.innerHTML = template.innerHTML.replaceAll("__n__", number);
  return copy.content;
}

function next(side) {
  const numbers = [...side.querySelectorAll("[data-choice]")].map((choice) => Number(choice.name.match(/-(\d+)-kind$/)[1]));
  return Math.max(-1, ...numbers) + 1;
}

function chosen(choice) {
  const side = choice.closest("[data-side]"), row = choice.closest("[data-row]"), rows = row.parentElement;
  const last = row === rows.lastElementChild;
  row.querySelector("[data-fields]").replaceChildren();
  row.querySelector("[role=alert]")?.remove();
  row.classList.remove("terms-wrong");
  if (!choice.value && !last) return row.remove();
  if (!choice.value) return;
  const number = choice.name.match(/-(\d+)-kind$/)[1];
  row.querySelector("[data-fields]").append(numbered(side.querySelector(`template[data-kind="${choice.value}"]`), number));
  if (last) rows.append(numbered(side.querySelector("template[data-blank]"), next(side)));
  shown(side);
}

function shown(side) {
  for (const row of side.querySelectorAll("[data-row]")) {
    row.querySelector("[data-remove]").hidden = !row.querySelector("[data-choice]").value;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-choice]")) chosen(event.target);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (!button) return;
  const choice = button.closest("[data-row]").querySelector("[data-choice]");
  choice.value = "";
  chosen(choice);
});
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-side]").forEach(shown));
