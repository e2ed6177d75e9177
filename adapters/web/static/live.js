// Takes patches from the server, and comes back by itself when the stream breaks.
import { morph } from "./morph.js";
import { say } from "./state.js";
import { localise } from "./times.js";
import { word } from "./words.js";

const AGAIN = 2000; // ms after the stream was refused
const HIDDEN = 5000; // ms: browsers allow few streams, so a page nobody sees lets go
let source = null;
let timer = 0;
let after = () => {};

// *patched* is called after each batch.
export function listen(patched) {
  after = patched;
  open();
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(close, HIDDEN);
    else if (!source) open();
  });
  addEventListener("online", reopen);
  addEventListener("offline", () => say("offline", word("offline")));
}

function open() {
  const url = document.body.dataset.live;
  if (!url) return;
  source = new EventSource(url);
  source.onmessage = (event) => take(JSON.parse(event.data));
  source.addEventListener("gone", () => location.replace("/"));
  source.onerror = lost;
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

function reopen() {
  close();
  open();
}

async function lost() {
  say("offline", word("lost"));
  if (source?.readyState !== EventSource.CLOSED) return; // it tries again by itself
  close();
  timer = setTimeout(reopen, AGAIN);
  const answer = await fetch("/api/projects").catch(() => null);
  if (answer?.status === 401) say("offline", word("signed-out"));
}

function take({ patches, say: words }) {
  if (navigator.onLine) say("offline", ""); // else this was on its way before
  const focused = document.activeElement;
  for (const patch of patches) apply(patch);
  if (focused?.isConnected && focused !== document.activeElement) focused.focus();
  if (words) document.getElementById("spoken").textContent = words;
  after();
}

function apply({ id, html, after: before, into }) {
  const old = document.getElementById(id);
  if (!html) return old?.remove();
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const now = holder.content.firstElementChild;
  localise(holder.content);
  if (old) return morph(old, now);
  const previous = before && document.getElementById(before);
  if (previous) previous.after(now);
  else document.getElementById(into)?.append(now);
  return now;
}
