// The end stays in sight while somebody is there; older turns come when looked for.
import { localise } from "./times.js";

const NEAR = 80; // pixels
const box = document.getElementById("scroll");
let following = true;
let top = 0; // where the box was scrolled to when last looked at

export function follow() {
  box.addEventListener("scroll", () => {
    // The event comes a frame late: only a person moves up, but any growth since
    // then leaves the end further away.
    if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR) following = true;
    else if (box.scrollTop < top) following = false;
    top = box.scrollTop;
  });
  new ResizeObserver(() => following && toEnd()).observe(box.firstElementChild);
  new ResizeObserver(() => following && toEnd()).observe(box);
  const aim = document.getElementById(location.hash.slice(1));
  if (aim?.closest("#turns")) {
    following = false;
    aim.scrollIntoView();
    aim.focus({ preventScroll: true });
  } else if (document.getElementById("turns")) toEnd();
  else following = false; // the first page is read from its top
}

export function toEnd() {
  following = true;
  box.scrollTop = box.scrollHeight;
  top = box.scrollTop;
}

export function loadOlder() {
  const seen = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) older(seen);
  }, { root: box, rootMargin: "300px 0px 0px" });
  watchOlder(seen);
}

function watchOlder(seen) {
  const link = document.getElementById("older");
  if (link && document.body.dataset.live) seen.observe(link);
}

async function older(seen) {
  const link = document.getElementById("older");
  seen.unobserve(link);
  const page = await fetchPage(link.href);
  if (!page) return;
  const height = box.scrollHeight;
  const turns = document.getElementById("turns");
  const fresh = [...page.querySelectorAll("#turns > *")];
  turns.prepend(...fresh.filter((turn) => !document.getElementById(turn.id)));
  localise(turns);
  const next = page.getElementById("older");
  if (next) link.href = next.getAttribute("href");
  else link.remove();
  box.scrollTop += box.scrollHeight - height;
  watchOlder(seen);
}

// The same page that a link to it would show; null: not now.
export async function fetchPage(url) {
  try {
    const answer = await fetch(url);
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}
