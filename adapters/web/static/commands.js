// The commands there are: asked for when somebody wants to see them.
const url = document.body.dataset.commands;
const FRESH = 10000; // ms: an agent that has started meanwhile offers more
let offers = [];
let asked = -FRESH;

// All whose name or meaning has *words* in it; those whose name begins so come first.
// *byName*: only the name counts, since the words may mean something else.
export async function matching(words, byName = false) {
  const wanted = words.toLowerCase();
  const fits = ({ name, description }) =>
    name.includes(wanted) || (!byName && description.toLowerCase().includes(wanted));
  const late = (offer) => (offer.name.startsWith(wanted) ? 0 : 1);
  return (await all()).filter(fits).sort((a, b) => late(a) - late(b));
}

async function all() {
  if (!url || performance.now() - asked < FRESH) return offers;
  try {
    const answer = await fetch(url);
    if (answer.ok) {
      offers = await answer.json();
      asked = performance.now();
    }
  } catch {
    // Offline: those that were known.
  }
  return offers;
}

export function line({ name, hint, description }) {
  const spelt = document.createElement("span");
  spelt.className = "name";
  spelt.textContent = `/${name} ${hint}`.trim();
  const about = document.createElement("span");
  about.className = "meaning";
  about.textContent = description;
  return [spelt, about];
}
