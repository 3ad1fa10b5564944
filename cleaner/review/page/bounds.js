"use strict";
// Other bounds: both ends of the marked text can be moved, by keys, by buttons, or by selecting what should go.

function beginBounds() {
  const item = state.item;
  const {start, end} = item.verdict && item.verdict.verdict === "extend" ? item.verdict : item;
  state.bounds = {start, end};
  busily(showBounds);
}

// The text is asked for anew, so that there is always some of it around both ends.
async function showBounds() {
  const {start, end} = state.bounds;
  const item = await ask("/item?number=" + state.item.number + "&start=" + start + "&end=" + end + (state.whole ? "&whole=1" : ""));
  state.item = {...item, verdict: state.item.verdict};
  const reading = itemCard(state.item);
  reading.classList.add("in-bounds");
  fill(ui.main, reading, boundsBar());
  reading.querySelector(".reading").addEventListener("pointerup", () => setTimeout(takeSelection, 0));
  reading.querySelector(".reading").addEventListener("touchend", () => setTimeout(takeSelection, 0));
  seeTarget();
}

function boundsBar() {
  const arrows = [
    ["Start", "start", [["\u2039 line", -1, "line"], ["\u2039 word", -1, "word"], ["word \u203a", 1, "word"], ["line \u203a", 1, "line"]]],
    ["End", "end", [["\u2039 line", -1, "line"], ["\u2039 word", -1, "word"], ["word \u203a", 1, "word"], ["line \u203a", 1, "line"]]],
  ];
  return element("section", {class: "verdicts bounds", "aria-label": "Other bounds"},
    element("p", {class: "question"}, "What should go? Select it, or move the ends: ",
      element("span", {class: "hint"}, "\u2190 \u2192 end by a word, \u2191 \u2193 by a line, with Shift the start, with Alt by one sign.")),
    arrows.map(([name, edge, steps]) => element("div", {class: "edge"}, element("span", null, name),
      steps.map(([label, direction, unit]) => element("button", {
        type: "button", "aria-label": name + " " + label, onclick: () => moveEdge(edge, direction, unit),
      }, label)))),
    element("div", {class: "moves"},
      element("button", {type: "button", class: "verdict is-extend", onclick: saveBounds}, "Save", element("kbd", null, "Enter")),
      element("button", {type: "button", class: "quiet", onclick: endBounds}, "Cancel", element("kbd", null, "Esc"))));
}

function boundsKey(event) {
  const steps = {ArrowLeft: [-1, "word"], ArrowRight: [1, "word"], ArrowUp: [-1, "line"], ArrowDown: [1, "line"]};
  const step = steps[event.key];
  if (step) moveEdge(event.shiftKey ? "start" : "end", step[0], event.altKey ? "sign" : step[1]);
  else if (event.key === "Enter" && !event.target.closest("button")) saveBounds();
  else if (event.key === "Escape") endBounds();
  else return false;
  return true;
}

function endBounds() {
  const {number} = state.item;
  state.bounds = null;
  busily(() => show(number, {whole: state.whole}));
}

function saveBounds() {
  const {start, end} = state.bounds;
  if (start === state.item.start && end === state.item.end) return void say("The bounds are as they were.");
  busily(() => give({verdict: "extend", start, end}));
}

function moveEdge(edge, direction, unit) {
  const parts = state.item.parts;
  const part = edge === "start" ? parts[0] : parts[parts.length - 1];
  const signs = Array.from(part.pieces.map(([text]) => text).join(""));
  const at = part.start + stopAfter(signs, state.bounds[edge] - part.start, direction, unit);
  const moved = {...state.bounds, [edge]: at};
  if (moved.start >= moved.end) return;
  state.bounds = moved;
  busily(showBounds);
}

// The next place at which an edge may stand. `signs` are code points, in which the server counts.
function stopAfter(signs, at, direction, unit) {
  const space = (place) => /\s/.test(signs[place]);
  const inside = (place) => (direction > 0 ? place < signs.length : place > 0);
  const next = (place) => (direction > 0 ? place : place - 1);
  if (unit === "sign") return inside(at) ? at + direction : at;
  const within = unit === "line" ? (place) => signs[place] !== "\n" : (place) => !space(place);
  while (inside(at) && !within(next(at))) at += direction;
  while (inside(at) && within(next(at))) at += direction;
  return at;
}

// What the reader has selected in the text becomes the span.
function takeSelection() {
  const selection = window.getSelection();
  if (!state.bounds || !selection || selection.isCollapsed || !selection.rangeCount) return;
  const range = selection.getRangeAt(0);
  const start = offsetOf(range.startContainer, range.startOffset);
  const end = offsetOf(range.endContainer, range.endOffset);
  if (start === null || end === null || start >= end) return;
  selection.removeAllRanges();
  state.bounds = {start, end};
  busily(showBounds);
}

// The offset in the document of a place in the page; null outside the text.
function offsetOf(node, inNode) {
  const holder = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest(".text");
  if (!holder || !holder.shownPart) return null;
  let at = holder.shownPart.start;
  for (const [index, child] of [...holder.childNodes].entries()) {
    const [text] = holder.shownPart.pieces[index];
    if (child === node || child.contains(node)) return at + signsBefore(child, node, inNode, text);
    if (node === holder && index === inNode) return at;
    at += Array.from(text).length;
  }
  return node === holder ? at : null;
}

// How many signs of a piece stand before a place in the element that shows it. Some are shown as several.
function signsBefore(child, node, inNode, text) {
  const chip = child.nodeType === Node.ELEMENT_NODE ? child.querySelector(".chip") : null;
  if (node.nodeType !== Node.TEXT_NODE || (chip && chip.contains(node))) {
    const past = node === child && inNode > 0 && inNode >= child.childNodes.length;
    return past ? Array.from(text).length : 0;
  }
  let shown = 0;
  let signs = 0;
  for (const sign of text) {
    if (shown >= inNode) break;
    shown += visible(sign).length;
    signs += 1;
  }
  return signs;
}
