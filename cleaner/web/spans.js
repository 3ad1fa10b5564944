"use strict";
// A document with its spans marked, and the note that tells of the span under the pointer or the focus.

// `pieces`: [[text, [numbers of the spans that cover it]], …], as cleaner.spans.cut makes them.
// `spans`: [{category, rule, reason, score, spared, change}, …]. `groupOf`: category → group.
// Gives the element that holds the text.
function markedText(pieces, spans, groupOf) {
  return element("div", {class: "text", dir: "auto"}, markedPieces(pieces, spans, groupOf, new Set()));
}

// The same without an element around it. `begun` holds the numbers of the spans that have been named already.
function markedPieces(pieces, spans, groupOf, begun) {
  return pieces.map(([text, numbers]) => {
    if (!numbers.length) return visible(text);
    const number = numbers.find((n) => !spans[n].spared) ?? numbers[0];
    const first = !begun.has(number) && text.trim() !== "";
    if (first) begun.add(number);
    return mark(text, number, numbers.map((n) => spans[n]), groupOf, first);
  });
}

// A span. Its category stands in front of it in words, so that nobody needs to tell colours apart.
function mark(text, number, all, groupOf, first) {
  const span = all.find((one) => !one.spared) || all[0];
  const made = element(span.spared ? "span" : "mark", {
    class: ["span", "group-" + (groupOf[span.category] || "other"), span.spared && "spared",
      span.change && "change-" + span.change].filter(Boolean).join(" "),
    tabindex: first ? 0 : null,
    "data-span": number,
    "aria-label": first ? spanTitle(span) + ": " + visible(text) : null,
    role: first ? "note" : null,
  },
  first && element("span", {class: "chip", "aria-hidden": "true"}, spanTitle(span)), visible(text));
  made.spans = all;
  return made;
}

function spanTitle(span) {
  return [span.change, span.spared && "spared", span.category].filter(Boolean).join(" ");
}

// Show the note of a span while it is pointed at or has the focus; Escape takes it away. Gives what takes it away.
function noteSpans(root) {
  const note = element("div", {class: "note-of-span", role: "tooltip", id: "note-of-span", hidden: true});
  document.body.append(note);
  let shown = null;
  const show = (span) => {
    shown = span && span.spans ? span : null;
    note.hidden = !shown;
    if (!shown) return;
    fill(note, shown.spans.map(noteOfSpan));
    placeBeside(note, shown);
  };
  const spanOf = (target) => target instanceof Element ? target.closest(".span") : null;
  root.addEventListener("mouseover", (event) => spanOf(event.target) && show(spanOf(event.target)));
  // When the pointer leaves, the span that has the focus is told of again.
  root.addEventListener("mouseout", (event) => spanOf(event.target) && show(spanOf(document.activeElement)));
  root.addEventListener("focusin", (event) => show(spanOf(event.target)));
  root.addEventListener("focusout", () => show(null));
  document.addEventListener("keydown", (event) => event.key === "Escape" && show(null));
  document.addEventListener("scroll", () => shown && placeBeside(note, shown), true);
  return () => show(null);
}

function noteOfSpan(span) {
  return element("div", {class: "one-note"},
    element("strong", null, spanTitle(span)),
    element("code", null, visible(span.rule)),
    element("p", null, visible(span.reason || "")),
    typeof span.score === "number" && element("small", null, "score " + span.score));
}

// Below the element, or above it where there is no room; never outside the window.
function placeBeside(note, target) {
  const at = target.getClientRects()[0] || target.getBoundingClientRect();
  const width = Math.min(note.offsetWidth, window.innerWidth - 16);
  const below = at.bottom + 6 + note.offsetHeight < window.innerHeight;
  note.style.left = Math.max(8, Math.min(at.left, window.innerWidth - width - 8)) + "px";
  note.style.top = Math.max(8, below ? at.bottom + 6 : at.top - note.offsetHeight - 6) + "px";
}
