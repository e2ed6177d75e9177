// Moments in the words of this browser; what goes on is counted.
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat(undefined, {
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

function elapsed(seconds) {
  const all = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  if (hours) return `${hours} h ${minutes} m`;
  return minutes ? `${minutes} m ${all % 60} s` : `${all} s`;
}

export function tick() {
  setInterval(() => count(document), 1000);
}
