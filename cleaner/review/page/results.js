"use strict";
// What the verdicts say: how often rules and categories are right, and how sure that is.

async function showResults() {
  const told = await ask("/results");
  view("results");
  Object.assign(state.overview, told);
  showProgress();
  document.title = "Results \u2013 cleaner review";
  fill(ui.main,
    element("section", {class: "card"},
      element("h2", null, "What the verdicts say"),
      element("p", null, plural(told.judged, "item") + " of " + count(told.of) + " judged. Shares are weighted to speak of the whole run; ",
        "behind each stands the interval in which it lies in 95 of 100 cases."),
      told.judged ? element("div", {class: "figures"},
        figure("removals right", told.removal.all[0], "right"),
        figure("\u2026 and well named", told.removal.all[0], "named"),
        figure("spared rightly", told.spared.all[0], "right")) : element("p", {class: "empty"}, "No verdicts yet.")),
    exportCard(told.targets),
    tableCard("Removals by category", told.removal.category, "removal"),
    tableCard("Removals by rule", told.removal.rule, "removal"),
    tableCard("Spared claims by category", told.spared.category, "spared"),
    tableCard("Spared claims by rule", told.spared.rule, "spared"));
}

function figure(name, row, share) {
  const found = row && row[share];
  return element("div", {class: "figure"},
    element("strong", null, found ? percent(found.share) : "\u2013"),
    element("span", null, name),
    element("small", null, found ? percent(found.low) + " to " + percent(found.high) : "no verdict yet"));
}

function tableCard(title, rows, kind) {
  if (!rows.length) return null;
  const seen = rows.filter((row) => row.right);
  const unseen = rows.length - seen.length;
  const heads = ["", kind === "removal" ? "precision" : "rightly spared", "right", "wrong", "other category", "other bounds", "in the sample", "in the run"];
  return element("section", {class: "card"},
    element("h2", null, title),
    seen.length > 0 && element("div", {class: "wide", tabindex: "0", "aria-label": title},
      element("table", null,
        element("thead", null, element("tr", null, heads.map((head) => element("th", {scope: "col"}, head)))),
        element("tbody", null, seen.map(resultRow)))),
    unseen > 0 && element("p", null, element("small", null, count(unseen) + (seen.length ? " more" : "") + " without a verdict.")));
}

function resultRow(row) {
  const counted = (name) => element("td", {class: "number"}, row.counts[name] ? count(row.counts[name]) : "");
  return element("tr", null,
    element("th", {scope: "row"}, visible(row.name)),
    element("td", null, element("div", {class: "estimate"}, intervalBar(row.right),
      element("span", null, percent(row.right.share)),
      element("small", null, percent(row.right.low) + " to " + percent(row.right.high)))),
    ["right", "wrong", "category", "extend"].map(counted),
    element("td", {class: "number"}, count(row.drawn)),
    element("td", {class: "number"}, count(row.population)));
}

// The interval as a line, and the share as a point on it.
function intervalBar({share, low, high}) {
  const reach = element("span", {class: "reach"});
  const point = element("span", {class: "point"});
  reach.style.left = low * 100 + "%";
  reach.style.width = (high - low) * 100 + "%";
  point.style.left = share * 100 + "%";
  return element("span", {class: "interval", "aria-hidden": "true"}, reach, point);
}

function exportCard(targets) {
  const exports = [
    ["rules", "Protect rules", "what was wrongly removed, for --rules", targets.rules],
    ["fixtures", "Fixtures", "the documents in which the cleaner was wrong, as tests", targets.fixtures],
    ["labels", "Labels", "every line with a verdict, to train on", targets.labels],
  ];
  return element("section", {class: "card exports"},
    element("h2", null, "What becomes of them"),
    exports.map(([what, name, meaning, target]) => element("div", {class: "export"},
      element("button", {type: "button", "data-export": what, onclick: () => busily(() => exported({what}))}, "Write"),
      element("div", null, element("strong", null, name), ": " + meaning, element("br"), element("code", null, visible(target))))));
}
