// Commands above the field one writes in, from its first "/" on.
import { line, matching } from "./commands.js";

const NAME = /^\/([\w:-]*)$/;
const list = document.getElementById("palette");
const field = document.getElementById("words");
let offers = [];
let chosen = 0;
let dismissed = ""; // what was typed when it was closed
let take = () => {};

// *onTake* gets the offer that is picked, and whether it is to be completed only.
export function palette(onTake) {
  take = onTake;
  field.addEventListener("input", look);
  field.addEventListener("blur", () => setTimeout(hide, 150)); // after a touch on it
}

export async function look() {
  const typed = field.value;
  const found = NAME.exec(typed);
  if (!found || typed === dismissed) return hide();
  const matches = await matching(found[1]);
  if (field.value !== typed) return; // more was typed meanwhile
  dismissed = "";
  offers = matches;
  chosen = 0;
  draw();
}

// Whether the key was meant for it.
export function key(event) {
  if (list.hidden || event.isComposing) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose((chosen + step + offers.length) % offers.length);
  else if (event.key === "Escape") dismiss();
  else if (event.key === "Tab" && !event.shiftKey) pick(offers[chosen], true);
  else if (event.key === "Enter" && !event.shiftKey) pick(offers[chosen], false);
  else return false;
  event.preventDefault();
  return true;
}

function dismiss() {
  dismissed = field.value;
  hide();
}

function pick(offer, only) {
  hide();
  take(offer, only);
}

export function hide() {
  list.hidden = true;
  field.removeAttribute("aria-activedescendant");
}

function draw() {
  list.replaceChildren(...offers.map(row));
  list.hidden = offers.length === 0;
  if (offers.length) choose(0);
  else hide();
}

function row(offer, place) {
  const item = document.createElement("li");
  item.id = `offer-${place}`;
  item.role = "option";
  item.append(...line(offer));
  item.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus
  item.addEventListener("click", () => pick(offer, false));
  return item;
}

function choose(place) {
  chosen = place;
  for (const [index, item] of [...list.children].entries())
    item.setAttribute("aria-selected", String(index === place));
  const item = list.children[place];
  field.setAttribute("aria-activedescendant", item.id);
  item.scrollIntoView({ block: "nearest" });
}
