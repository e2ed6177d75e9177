// Files on their way: chosen, dropped or pasted; each can be taken out again.
import { newKey } from "./api.js";
import { tell } from "./state.js";
import { word } from "./words.js";

const list = document.getElementById("attached");
let items = []; // {name, file, id, row, request, key}
let session = "";
let changed = () => {};

// *found*: uploads of a draft. *onChange* is called with every change.
export function attachments(id, found, onChange) {
  session = id;
  for (const { id: upload, name } of found) show({ name, id: upload });
  changed = onChange;
  document.getElementById("files").addEventListener("change", ({ target }) => {
    add(target.files);
    target.value = "";
  });
  addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) event.preventDefault();
    add(event.clipboardData.files);
  });
  drops();
}

function drops() {
  const main = document.getElementById("main");
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    main.classList.add("drop");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) main.classList.remove("drop");
  });
  addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    main.classList.remove("drop");
    add(event.dataTransfer.files);
  });
}

function add(files) {
  for (const file of files) {
    const item = show({ name: file.name, file, key: newKey() });
    if (session) upload(item).catch(() => {});
  }
  changed();
}

export function attached() {
  return items.filter((item) => item.id).map(({ id, name }) => ({ id, name }));
}

export function any() {
  return items.length > 0;
}

// Once all are there: their ids and names. *id*: the session they belong to.
export async function uploaded(id) {
  session = id;
  for (const item of [...items]) if (!item.id) await (item.going ?? upload(item));
  return attached();
}

export function clear() {
  for (const item of items) item.row.remove();
  items = [];
}

function show(item) {
  item.row = document.createElement("li");
  item.row.className = "file";
  const name = document.createElement("span");
  name.textContent = item.name;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.setAttribute("aria-label", word("upload", item));
  bar.hidden = true;
  const out = document.createElement("button");
  out.type = "button";
  out.className = "icon small";
  out.setAttribute("aria-label", word("remove", item));
  out.innerHTML = '<span class="i close"></span>';
  out.addEventListener("click", () => remove(item));
  item.row.append(name, bar, out);
  list.append(item.row);
  items.push(item);
  return item;
}

function remove(item) {
  items = items.filter((other) => other !== item);
  item.request?.abort();
  item.row.remove();
  changed();
}

function upload(item) {
  item.row.classList.remove("problem");
  item.going = send(item)
    .then((id) => {
      item.id = id;
      changed();
    })
    .catch((error) => {
      item.row.classList.add("problem");
      if (items.includes(item)) tell(`${item.name}: ${error.message}`);
      throw error;
    })
    .finally(() => (item.going = null));
  return item.going;
}

function send(item) {
  const bar = item.row.querySelector("progress");
  bar.hidden = false;
  const body = new FormData();
  body.append("files", item.file, item.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not say how far it is
    item.request = request;
    request.upload.onprogress = (event) => (bar.value = event.loaded / event.total);
    request.onload = () => {
      bar.hidden = true;
      if (request.status === 201) resolve(request.response[0].id);
      else reject(new Error(reason(request)));
    };
    request.onerror = () => reject(new Error(word("connection")));
    request.onabort = () => reject(new Error(word("removed")));
    request.open("POST", `/api/sessions/${session}/files`);
    request.setRequestHeader("Idempotency-Key", item.key);
    request.responseType = "json";
    request.send(body);
  });
}

function reason({ status, response }) {
  if (status === 401) return word("signed-out");
  return response?.detail || response?.title || word("not-uploaded");
}
