// One line at the top for what stands in the way.
const reasons = new Map();

// *words* empty: that reason is gone.
export function say(reason, words) {
  if (words) reasons.set(reason, words);
  else reasons.delete(reason);
  const line = document.getElementById("state");
  line.textContent = [...reasons.values()].at(-1) ?? "";
  line.hidden = reasons.size === 0;
}

// For a moment.
export function tell(words) {
  const reason = Symbol("told");
  say(reason, words);
  setTimeout(() => say(reason, ""), 6000);
}
