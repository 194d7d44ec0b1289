// Suggests SKUs while one is typed.
"use strict";

let waiting;

async function suggest(place, list, text) {
  const answer = await fetch(`${place}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { skus } = await answer.json();
  list.replaceChildren(...skus.map((sku) => Object.assign(document.createElement("option"), { value: sku })));
}

document.addEventListener("input", (event) => {
  const lines = event.target.closest("[data-suggest]");
  if (!lines || event.target.name !== "sku" || event.target.value.length < 2) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => suggest(lines.dataset.suggest, lines.querySelector("datalist"), event.target.value), 150);
});
