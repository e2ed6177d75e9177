// What is pressed in a turn: answers to questions, Stop, Cancel, Copy.
import { call } from "./api.js";
import { tell } from "./state.js";
import { word } from "./words.js";

export function takeAnswers() {
  document.addEventListener("click", ({ target }) => {
    const press = target.closest("[data-post]");
    if (press) post(press.dataset.post, {}, [press]);
    const copied = target.closest("button.copy");
    if (copied) copy(copied);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-question]");
    if (!form) return;
    event.preventDefault();
    answer(form, event.submitter);
  });
  document.addEventListener("keydown", submitByEnter);
}

// In a field of a card as in the composer.
function submitByEnter(event) {
  const field = event.target.closest?.("form[data-question] textarea");
  if (!field || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  const button = field.parentElement.querySelector("button");
  field.form.requestSubmit(button);
}

function answer(form, button) {
  const body = bodyOf(form, button);
  if (!body) return;
  const card = form.closest(".card");
  post(form.dataset.question, body, [...form.querySelectorAll("button")]);
  card.focus({ preventScroll: true });
}

function bodyOf(form, { name, value }) {
  const given = new FormData(form);
  if (name === "words") {
    const text = given.get("text").trim();
    return text ? { text } : null;
  }
  if (name === "reason") {
    const text = given.get(`why:${value}`).trim();
    return text ? { option: value, text } : { option: value };
  }
  const chosen = given.getAll("chosen");
  return value === "done" && chosen.length ? { chosen } : { option: value };
}

async function post(url, body, buttons) {
  for (const button of buttons) button.disabled = true;
  try {
    await call("POST", url, { body });
  } catch (error) {
    for (const button of buttons) button.disabled = false;
    tell(error.message);
  }
}

async function copy(button) {
  const code = button.closest(".code").querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = word("copied");
    setTimeout(() => (button.textContent = word("copy")), 2000);
  } catch {
    // Not over plain http from elsewhere: select it, so that the keyboard can.
    getSelection().selectAllChildren(code);
  }
}
