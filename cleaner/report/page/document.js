"use strict";
// One document, as it was and as it is, line beside line.

// So many lines in a row that are wholly removed are folded away.
const FOLDED = 8;
const LAYOUTS = {both: "Side by side", original: "Original", cleaned: "Cleaned"};

function documentView(parameters) {
  const document = DOCUMENTS[Number(parameters.n)];
  if (!document) return element("p", {class: "notice"}, "This report has no such document.");
  const body = element("div", {class: "results"}, element("p", null, "Unpacking …"));
  documentData(document).then((data) => {
    fill(body, data.missing === undefined ? sideBySide(data, parameters) : element("p", {class: "notice bad"},
      "It cannot be shown as it was: ", visible(data.missing)));
    if (parameters.span !== undefined) goToSpan(Number(parameters.span));
  }, (error) => fill(body, element("p", {class: "notice bad"}, "This browser cannot unpack it: ", String(error))));
  return [
    element("p", {class: "back"}, element("a", {href: "#documents"}, "Documents"), " › ", visible(document.name)),
    element("h1", {dir: "auto"}, visible(documentName(document))),
    element("p", {class: "lead"}, facts(document), " ", document.flags.map(flagChip)),
    document.url && element("p", {class: "facts"}, element("code", null, visible(document.url))),
    body,
  ];
}

function sideBySide(data, parameters) {
  const pages = element("div", {class: "pages"});
  const before = parameters.run === "before";
  const changed = data.spans.some((span) => span.change);
  const layout = parameters.layout in LAYOUTS ? parameters.layout : narrow() ? "original" : "both";
  const set = (changes) => { location.hash = address("document", {...parameters, span: "", ...changes}); };
  const choice = (name, chosen, all) => element("fieldset", {class: "choice"},
    element("legend", {class: "out-of-sight"}, name), Object.entries(all).map(([value, text]) =>
      element("button", {type: "button", "aria-pressed": String(value === chosen), onclick: () => set({[name]: value})}, text)));
  pages.dataset.layout = layout;
  put(pages, pairTable(data, before, layout === "both" ? 2 : 1));
  return [
    element("div", {class: "tools"},
      choice("layout", layout, LAYOUTS),
      data.compared && choice("run", before ? "before" : "now", {now: "This run", before: "The other run"}),
      element("span", {class: "steps"},
        element("button", {type: "button", onclick: () => step(-1), "aria-keyshortcuts": "p"}, "‹ Previous span"),
        element("button", {type: "button", onclick: () => step(1), "aria-keyshortcuts": "n"}, "Next span ›"),
        changed && element("button", {type: "button", onclick: () => step(1, CHANGED), "aria-keyshortcuts": "c"}, "Next change ›")),
      element("small", {class: "keys"}, "Keys: ", element("kbd", null, "n"), " next span, ", element("kbd", null, "p"),
        " previous", changed && [", ", element("kbd", null, "c"), " next change"])),
    spanLegend(data.spans),
    data.left_out > 0 && element("p", {class: "notice"}, "The document is long: its last ", plural(data.left_out, "character"), " are not shown."),
    pages,
  ];
}

function narrow() {
  return window.matchMedia("(max-width: 760px)").matches;
}

function spanLegend(spans) {
  const counts = new Map();
  for (const span of spans) {
    const title = spanTitle(span);
    counts.set(title, {span, number: (counts.get(title)?.number || 0) + 1});
  }
  return element("ul", {class: "legend chips", "aria-label": "What is marked"}, [...counts]
    .sort((a, b) => Boolean(b[1].span.change) - Boolean(a[1].span.change) || b[1].number - a[1].number)
    .map(([title, {span, number}]) => element("li", null,
      element("span", {class: "chip group-" + groupOf(span.category) + (span.spared ? " hollow" : "")}, title), " ", count(number))));
}

// Whether a span is gone from the text of the run that is looked at.
function isGone(span, before) {
  return !span.spared && span.change !== (before ? "gained" : "lost");
}

// Cut the pieces of a document at its line breaks: [{pieces, gone, blank}, …].
function linesOf({pieces, spans}, before) {
  const lines = [{pieces: []}];
  for (const [text, numbers] of pieces) {
    text.split("\n").forEach((part, place) => {
      if (place > 0) lines.push({pieces: []});
      if (part) lines[lines.length - 1].pieces.push([part, numbers, numbers.some((n) => isGone(spans[n], before))]);
    });
  }
  for (const line of lines) {
    const inked = line.pieces.filter(([text]) => text.trim() !== "");
    line.blank = inked.length === 0;
    line.gone = !line.blank && inked.every(([, , gone]) => gone);
  }
  return lines;
}

function pairTable(data, before, columns) {
  const begun = new Set();
  const made = element("table", {class: "pairs"}, element("thead", null, element("tr", null,
    element("th", {scope: "col", class: "original"}, "Original"),
    element("th", {scope: "col", class: "cleaned"}, before ? "Cleaned by the other run" : "Cleaned"))));
  for (const run of runsOf(linesOf(data, before))) {
    const rows = run.map((line) => pairRow(line, data.spans, begun));
    if (run[0].gone && run.length > FOLDED) put(made, folded(run, rows, data.spans, columns));
    else put(made, element("tbody", null, rows));
  }
  return made;
}

// Lines in runs: those that are gone together, and those between them. Blank ones go with the run they stand in.
function runsOf(lines) {
  const runs = [];
  for (const line of lines.filter((each) => !each.blank)) {
    const last = runs[runs.length - 1];
    if (last && last[0].gone === line.gone) last.push(line);
    else runs.push([line]);
  }
  return runs;
}

function pairRow(line, spans, begun) {
  const kept = line.pieces.filter(([, , gone]) => !gone);
  return element("tr", {class: line.gone ? "gone" : null},
    element("td", {class: "original text", dir: "auto"}, markedPieces(line.pieces, spans, GROUP_OF, begun)),
    element("td", {class: "cleaned text", dir: "auto"}, line.gone ? element("span", {class: "out-of-sight"}, "removed")
      : kept.map(([text]) => visible(text))));
}

function folded(run, rows, spans, columns) {
  const body = element("tbody", {class: "folded", hidden: true}, rows);
  const counts = new Map();
  for (const [, numbers] of run.flatMap((line) => line.pieces)) {
    for (const n of numbers) if (!spans[n].spared) counts.set(spans[n].category, (counts.get(spans[n].category) || new Set()).add(n));
  }
  const most = [...counts].sort((a, b) => b[1].size - a[1].size).slice(0, 4);
  const button = element("button", {type: "button", class: "quiet fold", "aria-expanded": "false", onclick: () => unfold(body)},
    element("span", {class: "arrow", "aria-hidden": "true"}, "▸ "), plural(run.length, "removed line"), " ",
    most.map(([category, numbers]) => [categoryChip(category), count(numbers.size), " "]));
  body.button = button;
  return [element("tbody", {class: "fold"}, element("tr", null, element("td", {colspan: columns}, button))), body];
}

function unfold(body, open = body.hidden) {
  body.hidden = !open;
  body.button.setAttribute("aria-expanded", String(open));
  body.button.querySelector(".arrow").textContent = open ? "▾ " : "▸ ";
}

// Go to a span, unfolding what it stands in.
function goToSpan(number) {
  const target = document.querySelector('.pairs [data-span="' + number + '"][tabindex]') ||
    document.querySelector('.pairs [data-span="' + number + '"]');
  if (!target) return;
  const body = target.closest("tbody.folded");
  if (body && body.hidden) unfold(body, true);
  target.scrollIntoView({block: "center"});
  target.focus({preventScroll: true});
}

const CHANGED = ".change-gained, .change-lost";

// The span after the one with the focus, or before it; only those that `kind` selects count.
function step(by, kind = ".span") {
  const all = [...document.querySelectorAll(".pairs .span[tabindex]")];
  let at = all.indexOf(document.activeElement);
  if (at < 0 && by < 0) at = 0;
  for (let tried = 0; tried < all.length; tried++) {
    at = (at + by + all.length) % all.length;
    if (all[at].matches(kind)) return goToSpan(Number(all[at].dataset.span));
  }
}
