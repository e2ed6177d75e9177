// Calls that start something: each has a key, so that it may be sent again.
import { word } from "./words.js";

const WAITS = [300, 1000, 3000, 5000, 10000];

// What the server said no to, in its own words. Trying again does not help.
export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

// Until it is answered: a lost connection may have lost the answer only.
export async function call(method, url, { body, key = newKey() } = {}) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once(method, url, body, key);
    } catch (error) {
      if (error instanceof Refused) throw error;
      await pause(WAITS[Math.min(attempt, WAITS.length - 1)]);
    }
  }
}

async function once(method, url, body, key) {
  const headers = { "Idempotency-Key": key, Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(url, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  if (answer.status >= 500) throw new Error(`${answer.status}`);
  throw new Refused(answer.status, await reason(answer));
}

async function reason(answer) {
  if (answer.status === 401) return word("signed-out");
  try {
    const problem = await answer.json();
    return problem.detail || problem.title || answer.statusText;
  } catch {
    return answer.statusText || word("error", { status: answer.status });
  }
}

// Shorter if the network comes back meanwhile.
function pause(wait) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, wait);
    addEventListener("online", done);
  });
}
