// Moments in the words of this browser; what goes on is counted.
import { locale, word } from "./words.js";

const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat(locale, {
  dateStyle: "full",
  timeStyle: "short",
});

export function localise(root) {
  for (const time of root.querySelectorAll("time.moment")) {
    const at = new Date(time.dateTime);
    const today = at.toDateString() === new Date().toDateString();
    write(time, (today ? clock : day).format(at));
    time.title = whole.format(at);
  }
  count(root);
}

function count(root) {
  for (const time of root.querySelectorAll("time.ticking"))
    write(time, elapsed((Date.now() - new Date(time.dateTime)) / 1000));
}

function write(time, words) {
  if (time.textContent !== words) time.textContent = words;
}

function elapsed(since) {
  const all = Math.max(0, Math.floor(since));
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  const seconds = all % 60;
  if (hours) return word("hours", { hours, minutes });
  return word(minutes ? "minutes" : "seconds", { minutes, seconds });
}

export function tick() {
  setInterval(() => count(document), 1000);
}
