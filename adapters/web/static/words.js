// What the page says, in the language it came in.
const words = JSON.parse(document.body.dataset.words);

// *values* take the place of `{name}` in it.
export function word(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// Moments as they are written in that language; in the browser's own way, if it is hers.
const language = document.documentElement.lang;
export const locale = navigator.language.startsWith(language) ? undefined : language;
