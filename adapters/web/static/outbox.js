// What was sent and not yet confirmed: kept here, shown, and sent again with its key.
import { Refused, call, newKey } from "./api.js";
import { forget, keep, recall } from "./memory.js";
import { word } from "./words.js";

const COMMAND = /^\/([a-z][a-z0-9_:-]*)(?:\s+([\s\S]*))?$/i;
const place = () => document.getElementById("pending");
const underway = new Set();

// Several tabs may hold the same: a key counts once.
const nameOf = (session) => `outbox:${session}`;
const waiting = (session) => recall(nameOf(session)) ?? [];

export function put(session, text, files) {
  keep(nameOf(session), [...waiting(session), { key: newKey(), text, files }]);
}

// In order; *giveBack* gets what the person takes back.
export async function flush(session, giveBack) {
  for (const item of waiting(session)) {
    if (underway.has(item.key)) continue;
    underway.add(item.key);
    const row = show(item);
    await deliver(session, item, row, giveBack);
  }
}

async function deliver(session, item, row, giveBack) {
  try {
    const answer = await send(session, item);
    drop(session, item.key);
    await shown(answer?.turn);
    row.remove();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refused(session, item, row, error.message, giveBack);
  }
}

function send(session, { key, text, files }) {
  const command = files.length === 0 && COMMAND.exec(text);
  const url = `/api/sessions/${session}`;
  if (command) {
    const body = { name: command[1].toLowerCase(), argument: command[2] ?? "" };
    return call("POST", `${url}/commands`, { key, body });
  }
  const body = { text, files: files.map((file) => file.id) };
  return call("POST", `${url}/messages`, { key, body });
}

function drop(session, key) {
  const rest = waiting(session).filter((item) => item.key !== key);
  if (rest.length) keep(nameOf(session), rest);
  else forget(nameOf(session));
}

// So that the words do not vanish for a blink between the two.
async function shown(turn) {
  const until = Date.now() + 2000;
  while (turn && !document.getElementById(turn) && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 30));
}

function show({ text, files }) {
  const row = document.createElement("div");
  row.className = "turn";
  const asked = document.createElement("div");
  asked.className = "asked";
  const prompt = document.createElement("div");
  prompt.className = "prompt";
  prompt.textContent = [text, ...files.map((file) => `📎 ${file.name}`)].join("\n").trim();
  const foot = document.createElement("footer");
  foot.className = "foot queued";
  foot.textContent = word("sending");
  asked.append(prompt);
  row.append(asked, foot);
  place().append(row);
  return row;
}

function refused(session, item, row, words, giveBack) {
  const foot = row.querySelector("footer");
  foot.className = "foot failed";
  foot.textContent = `${word("not-sent", { why: words })} `;
  const again = button(word("again"), () => {
    row.remove();
    underway.delete(item.key);
    flush(session, giveBack);
  });
  const back = button(word("take-back"), () => {
    row.remove();
    drop(session, item.key);
    giveBack(item.text);
  });
  foot.append(again, back);
}

function button(label, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = label;
  made.addEventListener("click", press);
  return made;
}
