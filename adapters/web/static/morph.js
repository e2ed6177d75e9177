// Makes an element like another one and leaves alone whatever is the same already:
// what is selected, open, half typed or focused stays so.

export function morph(old, now) {
  if (old.isEqualNode(now)) return old;
  if (old.nodeType !== now.nodeType || old.nodeName !== now.nodeName) {
    old.replaceWith(now);
    return now;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.nodeValue = now.nodeValue;
    return old;
  }
  attributes(old, now);
  if (!["TEXTAREA", "SELECT"].includes(old.nodeName)) children(old, now);
  return old;
}

function attributes(old, now) {
  // Whether it is open is the person's to say once it is there.
  const kept = (name) => name === "open" && old.nodeName === "DETAILS";
  for (const { name } of [...old.attributes])
    if (!now.hasAttribute(name) && !kept(name)) old.removeAttribute(name);
  for (const { name, value } of now.attributes)
    if (old.getAttribute(name) !== value && !kept(name)) old.setAttribute(name, value);
}

function children(old, now) {
  const named = new Map();
  for (const child of old.children) if (child.id) named.set(child.id, child);
  let place = old.firstChild;
  for (const wanted of [...now.childNodes]) {
    const same = wanted.id ? named.get(wanted.id) : place && !place.id ? place : null;
    if (!same) {
      old.insertBefore(wanted, place);
      continue;
    }
    if (same === place) place = place.nextSibling;
    else old.insertBefore(same, place);
    morph(same, wanted);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}
