// Where one writes. What is typed is kept until the server has it.
import { Refused, call, newKey } from "./api.js";
import * as files from "./files.js";
import { forget, keep, recall } from "./memory.js";
import * as outbox from "./outbox.js";
import * as palette from "./palette.js";
import { toEnd } from "./scroll.js";
import { tell } from "./state.js";
import { tellTyping } from "./typing.js";

const session = document.body.dataset.session ?? "";
const draft = `draft:${session || "new"}`;
const form = document.getElementById("composer");
const words = document.getElementById("words");
let busy = false;

export function compose() {
  if (!form) return;
  const { text = "", files: found = [] } = recall(draft) ?? {};
  words.value = text;
  files.attachments(session, found, remember);
  words.addEventListener("input", remember);
  palette.palette(command);
  tellTyping(words);
  words.addEventListener("keydown", (event) => {
    if (palette.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  for (const idea of document.querySelectorAll("[data-idea]"))
    idea.addEventListener("click", () => write(idea.dataset.idea));
  document.getElementById("stop").addEventListener("click", () => running()?.click());
  if (session) {
    outbox.flush(session, write);
    addEventListener("online", () => outbox.flush(session, write));
  }
  grow();
  if (matchMedia("(pointer: fine)").matches && !location.hash) words.focus();
}

// One that is the agent's own may want more words; so does who completes it with Tab.
export function command({ name, hint, own }, only) {
  const more = only || (hint && !own);
  words.value = more ? `/${name} ` : `/${name}`;
  remember();
  words.focus();
  if (!more) form.requestSubmit();
}

// Stop is there while something can be stopped.
export function offerStop() {
  if (form) document.getElementById("stop").hidden = !running();
}

function running() {
  return document.querySelector(
    "#turns .foot:is(.running, .waiting) button[data-post]",
  );
}

function write(text) {
  words.value = [words.value.trim(), text].filter(Boolean).join("\n");
  remember();
  words.focus();
}

function remember() {
  grow();
  keep(draft, { ...recall(draft), text: words.value, files: files.attached() });
}

function grow() {
  words.style.height = "auto";
  words.style.height = `${words.scrollHeight}px`;
}

async function send() {
  const text = words.value.trim();
  if (busy || (!text && !files.any())) return;
  setBusy(true);
  try {
    const target = session || (await begin());
    const uploads = await files.uploaded(target);
    // What was typed while the files went up stays in the field.
    const rest = words.value.trim().startsWith(text)
      ? words.value.trim().slice(text.length).trim()
      : words.value;
    outbox.put(target, text, uploads);
    files.clear();
    words.value = rest;
    if (rest) remember();
    else forget(draft);
    if (!session) return location.assign(`/c/${target}`);
    grow();
    outbox.flush(session, write);
    toEnd();
  } catch (error) {
    if (error instanceof Refused) tell(error.message);
  } finally {
    setBusy(false);
  }
}

// The key is kept with the draft: a second try makes no second conversation.
async function begin() {
  const project = document.getElementById("project")?.value ?? "";
  const known = recall(draft) ?? {};
  const key = known.project === project && known.key ? known.key : newKey();
  keep(draft, { ...known, text: words.value, project, key });
  const made = await call("POST", "/api/sessions", { key, body: { project } });
  return String(made.id);
}

function setBusy(value) {
  busy = value;
  document.getElementById("send").disabled = value;
}
