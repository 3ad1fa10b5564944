"use strict";
// Elements and text. All that a page shows goes through here, and text goes in as text only.

// An element: element("p", {class: "note", title: "…"}, "text", otherElement, [more], null).
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (attribute.startsWith("on")) made.addEventListener(attribute.slice(2), value);
    else made.setAttribute(attribute, value === true ? "" : String(value));
  }
  put(made, ...children);
  return made;
}

// Add children. Strings become text nodes; arrays are spread; null, undefined and false are left out.
function put(parent, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return parent;
}

// Replace what is in an element.
function fill(parent, ...children) {
  parent.replaceChildren();
  return put(parent, ...children);
}

// The text of a document as it may be shown: signs that nobody sees, or that change the order of others, are spelled
// out. Lone surrogates show as the replacement sign, as browsers do with them anyway.
function visible(text) {
  return text.replace(INVISIBLE, (sign) => {
    const code = sign.codePointAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return "\u27e8U+" + code.toString(16).toUpperCase().padStart(4, "0") + "\u27e9";
  });
}

// Control signs but tab and line feed, signs of direction but the marks that Arabic and Hebrew texts need, and
// separators. Joiners stay: words of many languages are spelled with them, and sites print word joiners anywhere.
const INVISIBLE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/g;

// Data that the page carries in an element of its own.
function dataOf(id) {
  const holder = document.getElementById(id);
  return holder ? JSON.parse(holder.textContent) : null;
}

const NUMBER = new Intl.NumberFormat("en");

function count(number) {
  return NUMBER.format(number);
}

function plural(number, one, many) {
  return count(number) + " " + (number === 1 ? one : many || one + "s");
}

// 0 to 1 as a percentage with as many digits as it deserves.
function percent(share) {
  const value = share * 100;
  if (value === 0) return "0 %";
  if (value < 0.01) return "< 0.01 %";
  return value.toFixed(value < 1 ? 2 : value < 99.95 ? 1 : 0) + " %";
}
