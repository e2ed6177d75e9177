// Says that somebody is about to ask: the agent is readied meanwhile.
const session = document.body.dataset.session;
const AGAIN = 20000; // ms
let said = -AGAIN;

export function tellTyping(field) {
  if (!session) return;
  field.addEventListener("focus", tell);
  field.addEventListener("input", tell);
}

function tell() {
  if (performance.now() - said < AGAIN) return;
  said = performance.now();
  fetch(`/api/sessions/${session}/typing`, { method: "POST" }).catch(() => {});
}
