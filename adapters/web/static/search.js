// Finds commands, and places in the history, and leads there.
import { line, matching } from "./commands.js";
import { word } from "./words.js";

const dialog = document.getElementById("search");
const query = document.getElementById("query");
const found = document.getElementById("found");
const offered = document.getElementById("offers");
const none = document.getElementById("none");
const WAIT = 150; // ms after a key
let timer = 0;
let asking = new AbortController();
let take = null;

// *onTake* gets the command that is picked; null: here none can be given.
export function offerSearch(onTake) {
  take = onTake;
  document.getElementById("find").addEventListener("click", show);
  document.getElementById("close-search").addEventListener("click", () => dialog.close());
  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  dialog.addEventListener("keydown", walk);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    show();
  });
}

function show() {
  if (!dialog.open) dialog.showModal();
  query.select();
  offer(query.value.trim());
}

async function offer(words) {
  const named = words.startsWith("/");
  const offers = take ? await matching(words.slice(Number(named)), !named) : [];
  if (query.value.trim() === words) offered.replaceChildren(...offers.map(command));
  settle();
}

function command(given) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...line(given));
  button.addEventListener("click", () => {
    dialog.close();
    take(given, false);
  });
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function settle() {
  const empty = query.value.trim() && !found.children.length && !offered.children.length;
  none.textContent = empty ? word("nothing-found") : "";
}

async function ask() {
  asking.abort();
  asking = new AbortController();
  const words = query.value.trim();
  offer(words);
  if (!words || words.startsWith("/")) return list([], words);
  try {
    const url = `/api/search?q=${encodeURIComponent(words)}`;
    const answer = await fetch(url, { signal: asking.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    list(await answer.json(), words);
  } catch (error) {
    if (error.name !== "AbortError") none.textContent = word("not-searched");
  }
}

function list(places, words) {
  found.replaceChildren(...places.map((place) => row(place, words)));
  settle();
}

function row({ session, turn, title, excerpt }, words) {
  const link = document.createElement("a");
  link.href = `/c/${session}?to=${encodeURIComponent(turn)}#${turn}`;
  const heading = document.createElement("strong");
  heading.textContent = title;
  const text = document.createElement("span");
  text.append(...marked(excerpt, words));
  link.append(heading, text);
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function* marked(text, words) {
  const parts = words.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pieces = text.split(new RegExp(`(${parts.join("|")})`, "gi"));
  for (const [index, piece] of pieces.entries()) {
    const mark = document.createElement(index % 2 ? "mark" : "span");
    mark.textContent = piece;
    yield mark;
  }
}

function walk(event) {
  const links = [...dialog.querySelectorAll(".places :is(a, button)")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Enter" && event.target === query) return links[0]?.click();
  if (!step) return;
  event.preventDefault();
  const next = links[links.indexOf(document.activeElement) + step];
  (next ?? query).focus();
}
