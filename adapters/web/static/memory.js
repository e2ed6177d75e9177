// What this browser keeps for us. It may refuse; then it is forgotten at a reload.
const spare = new Map();

export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return spare.get(key) ?? null;
  }
}

export function keep(key, value) {
  spare.set(key, value);
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Full, or off: `spare` has it.
  }
}

export function forget(key) {
  spare.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // It was never there.
  }
}
