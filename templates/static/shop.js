/* Makes the pages nicer; every one of them works without it. */
"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(name + "="))?.slice(name.length + 1);

/* Prices and stock: one call fills every placeholder on the page; whoever is signed in sees his own prices. */
async function fillLive(root = document) {
  const places = all("[data-live]", root);
  const skus = [...new Set(places.map((place) => place.dataset.live))].filter(Boolean).slice(0, 100);
  if (!skus.length) return;
  const query = new URLSearchParams({ sku: skus.join(","), locale: document.documentElement.lang });
  if (cookie("currency")) query.set("currency", cookie("currency"));
  const answer = await fetch((cookie("member") ? "/own/live?" : "/live?") + query).catch(() => null);
  if (!answer?.ok) return;
  const offers = await answer.json();
  for (const place of places) {
    const html = offers[place.dataset.live] ?? "";
    place.replaceChildren(document.createRange().createContextualFragment(html));
  }
}

/* The cart's number in the head of the page, from memory first, then from the shop. */
function showCount(count) {
  const badge = one("[data-cart-count]");
  badge.hidden = !count;
  badge.textContent = count || "";
  try { localStorage.setItem("cart-count", count); } catch { /* private windows may refuse */ }
}
async function fillCount() {
  try { showCount(Number(localStorage.getItem("cart-count")) || 0); } catch { /* nothing remembered */ }
  if (!cookie("shopping")) return showCount(0);
  const answer = await fetch(one("[data-cart]").dataset.cart, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) showCount((await answer.json()).count);
}

/* Guesses below the search box; an answer that comes after more was typed is dropped. */
one("[data-guesses]")?.addEventListener("input", async ({ target: box }) => {
  const text = box.value.trim();
  clearTimeout(box.timer);
  if (text.length < 2) return;
  box.timer = setTimeout(async () => {
    const answer = await fetch(box.dataset.guesses + "?" + new URLSearchParams({ q: text })).catch(() => null);
    if (!answer?.ok || text !== box.value.trim()) return;
    box.list.replaceChildren(...(await answer.json()).map((guess) => Object.assign(document.createElement("option"), { value: guess.text })));
  }, 150);
});

function toast(text, { bad = false, link } = {}) {
  const place = one("[data-toast]");
  place.className = bad ? "toast bad" : "toast";
  place.replaceChildren(document.createTextNode(text));
  if (link) {
    const anchor = Object.assign(document.createElement("a"), { href: link.url, textContent: link.text });
    place.append(anchor);
  }
  place.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { place.hidden = true; }, 7000);
}

/* Adding to the cart without leaving the page; a second press while the first is under way does nothing. */
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-add]");
  if (!form) return;
  event.preventDefault();
  const button = event.submitter || one("button", form);
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }).catch(() => null);
  button.removeAttribute("aria-busy");
  const body = answer && (await answer.json().catch(() => null));
  if (!body) return toast(form.dataset.offline, { bad: true });
  if (body.go) return location.assign(body.go);
  if (body.count !== undefined) showCount(body.count);
  toast(body.message, { bad: !answer.ok, link: body.link });
  fillLive();
});

/* A choice of colour and size leads to a SKU: its price, its stock and its picture are shown. */
function watchChoices(form) {
  const variants = JSON.parse(one("#variants").textContent);
  const chosen = () => Object.fromEntries(all("input[type=radio]:checked", form).map((input) => [input.name.replace("option.", ""), input.value]));
  const fits = (variant, options) => Object.entries(options).every(([code, value]) => variant.options[code] === value);
  const show = () => {
    const options = chosen();
    for (const input of all("input[type=radio]", form)) {
      const code = input.name.replace("option.", "");
      const possible = variants.some((variant) => fits(variant, { ...options, [code]: input.value }));
      input.closest("label").classList.toggle("none", !possible);
    }
    const variant = variants.find((candidate) => fits(candidate, options));
    const button = one("button.main", form);
    button.disabled = !variant;
    if (!variant) return;
    const live = one("[data-live]", form.closest(".buy"));
    if (live.dataset.live !== variant.sku) { live.dataset.live = variant.sku; fillLive(live.parentElement); }
    const picture = all(".strip a").find((link) => link.dataset.options && fits({ options }, JSON.parse(link.dataset.options)));
    if (picture) enlarge(picture);
  };
  form.addEventListener("change", show);
  show();
}

function enlarge(link) {
  const large = one(".gallery .frame img");
  for (const other of all(".strip a")) other.toggleAttribute("aria-current", other === link);
  const small = one("img", link);
  large.srcset = link.dataset.srcset;
  large.src = link.href;
  large.alt = small.alt;
}
document.addEventListener("click", (event) => {
  const link = event.target.closest(".strip a");
  if (!link) return;
  event.preventDefault();
  enlarge(link);
});

/* Until when goods are held, counted down; when a hold lapses the page is asked for again. */
function countDown(place) {
  const end = new Date(place.dataset.until).getTime();
  const tick = () => {
    const left = Math.round((end - Date.now()) / 1000);
    if (left <= 0) return location.reload();
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    place.textContent = place.dataset.words.replace("{time}", time);
    return setTimeout(tick, 1000);
  };
  if (end > Date.now()) tick();
}

/* An order follows itself to "confirmed". */
async function followOrder(place) {
  for (let wait = 1; ; wait = Math.min(wait * 1.5, 10)) {
    const answer = await fetch(place.dataset.follow, { headers: { Accept: "application/json" } }).catch(() => null);
    const order = answer?.ok ? await answer.json() : null;
    if (order && order.status !== place.dataset.status) return location.reload();
    if (order?.final) return undefined;
    await new Promise((done) => setTimeout(done, wait * 1000));
  }
}

/* A place in line: asked for as often as the shop says, and counted down until the sale begins. */
function countToStart(place) {
  const start = Date.now() + Number(place.dataset.starts) * 1000;
  const tick = () => {
    const left = Math.round((start - Date.now()) / 1000);
    place.hidden = left <= 0;
    if (left <= 0) return;
    const clock = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60].map((n) => String(n).padStart(2, "0")).join(":");
    place.textContent = place.dataset.words.replace("{time}", clock);
    setTimeout(tick, 1000);
  };
  tick();
}
async function followLine(place) {
  for (let again = Number(place.dataset.again); ; ) {
    await new Promise((done) => setTimeout(done, again * 1000 * (0.95 + Math.random() / 10)));
    const answer = await fetch(location.href, { headers: { Accept: "application/json" } }).catch(() => null);
    const now = answer?.ok ? await answer.json() : null;
    if (!now) continue;
    if (now.standing !== place.dataset.line) return location.reload();
    again = now.ask_again;
    one("[data-position]", place).textContent = now.position;
    one("[data-wait]", place).textContent = now.wait;
  }
}

const currency = one("[data-currency]");
if (currency) {
  if (cookie("currency")) currency.value = cookie("currency");
  currency.addEventListener("change", () => currency.form.requestSubmit());
  one("button", currency.form).hidden = true;
}
for (const form of all("form[data-choices]")) watchChoices(form);
for (const place of all("[data-until]")) countDown(place);
for (const place of all("[data-follow]")) followOrder(place);
for (const place of all("[data-starts]")) countToStart(place);
for (const place of all("[data-line]")) followLine(place);
for (const select of all("[data-submit-on-change]")) select.addEventListener("change", () => select.form.requestSubmit(one("[data-refresh]", select.form)));
for (const details of all("details.narrow")) details.open = matchMedia("(min-width: 56rem)").matches;
fillLive();
fillCount();
