// The list of conversations, and what stands around it.
import { Refused, call } from "./api.js";
import { fetchPage } from "./scroll.js";
import { tell } from "./state.js";
import { localise } from "./times.js";
import { word } from "./words.js";

const side = document.getElementById("side");

export function sideBar() {
  side.addEventListener("keydown", walk);
  document.getElementById("theme").addEventListener("click", changeTheme);
  document.getElementById("language").addEventListener("change", changeLanguage);
  document.getElementById("more-conversations")?.addEventListener("click", more);
  document.getElementById("delete")?.addEventListener("click", remove);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && location.hash === "#side") closeDrawer();
  });
  addEventListener("hashchange", () => {
    if (location.hash === "#side") side.querySelector("a.drawer").focus();
  });
}

function closeDrawer() {
  location.hash = "main";
  document.querySelector(".top a.drawer").focus();
}

function walk(event) {
  const links = [...side.querySelectorAll("nav a")];
  const at = links.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 };
  if (at < 0 || !(event.key in to)) return;
  event.preventDefault();
  links[Math.max(0, Math.min(links.length - 1, to[event.key]))].focus();
}

function changeTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // Until the next reload, then.
  }
}

async function changeLanguage({ target }) {
  try {
    await call("PUT", "/api/language", { body: { language: target.value } });
    location.reload();
  } catch (error) {
    tell(error.message);
  }
}

async function more(event) {
  event.preventDefault();
  const link = event.currentTarget;
  const page = await fetchPage(link.href);
  if (!page) return tell(word("not-loaded"));
  const list = document.createElement("ol");
  list.append(...page.querySelectorAll("#conversations > li"));
  for (const row of list.children) row.removeAttribute("id");
  localise(list);
  link.before(list);
  const next = page.getElementById("more-conversations");
  if (next) link.href = next.getAttribute("href");
  else link.remove();
}

function remove(event) {
  const url = event.currentTarget.dataset.delete;
  const dialog = document.getElementById("confirm");
  dialog.returnValue = "";
  dialog.addEventListener("close", async () => {
    if (dialog.returnValue !== "yes") return;
    try {
      await call("DELETE", url);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) return tell(error.message);
    }
    location.assign("/");
  }, { once: true });
  dialog.showModal();
}
