// Finds places in the history and leads there.
const dialog = document.getElementById("search");
const query = document.getElementById("query");
const found = document.getElementById("found");
const none = document.getElementById("none");
const WAIT = 150; // ms after a key
let timer = 0;
let asking = new AbortController();

export function offerSearch() {
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
}

async function ask() {
  asking.abort();
  asking = new AbortController();
  const words = query.value.trim();
  if (!words) return list([], words);
  try {
    const url = `/api/search?q=${encodeURIComponent(words)}`;
    const answer = await fetch(url, { signal: asking.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    list(await answer.json(), words);
  } catch (error) {
    if (error.name !== "AbortError") none.textContent = "The search did not work just now.";
  }
}

function list(places, words) {
  found.replaceChildren(...places.map((place) => row(place, words)));
  none.textContent = words && !places.length ? "Nothing found." : "";
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
  const links = [...found.querySelectorAll("a")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Enter" && event.target === query) return links[0]?.click();
  if (!step) return;
  event.preventDefault();
  const next = links[links.indexOf(document.activeElement) + step];
  (next ?? query).focus();
}
