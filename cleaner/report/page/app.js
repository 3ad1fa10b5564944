"use strict";
// Which view is shown.

const VIEWS = {
  overview: ["Overview", overviewView],
  rules: ["Rules", rulesView],
  sites: ["Sites", sitesView],
  samples: ["Samples", samplesView],
  documents: ["Documents", documentsView],
  failures: ["Failures", failuresView],
  ...(CHANGES ? {changes: ["Changes", changesView]} : {}),
  document: [null, documentView],
};

const main = document.getElementById("main");
const hideNote = noteSpans(main);

function showView() {
  if (location.hash === shownHash || location.hash === "#main") return;
  const first = shownHash === null;
  shownHash = location.hash;
  const {view, parameters} = here();
  const [, show] = VIEWS[view] || VIEWS.overview;
  hideNote();
  fill(main, element("div", {class: "inner view-" + view}, show(parameters)));
  for (const link of document.querySelectorAll("#views a")) {
    const current = link.hash === "#" + (view === "document" ? "documents" : view);
    if (!current) {
      link.removeAttribute("aria-current");
      continue;
    }
    link.setAttribute("aria-current", "page");
    link.scrollIntoView({inline: "center", block: "nearest"});
  }
  document.title = [main.querySelector("h1")?.textContent, visible(NUMBERS.run.name)].filter(Boolean).join(" · ");
  drawCharts();
  if (first) return;
  window.scrollTo(0, 0);
  main.focus({preventScroll: true});
}

// "/" goes to the search, "n" and "p" from span to span, "c" from change to change.
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const search = main.querySelector("input[type=search]");
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
  } else if (here().view === "document") {
    if (event.key === "n" || event.key === "p") step(event.key === "n" ? 1 : -1);
    if (event.key === "c") step(1, CHANGED);
  }
}

fill(document.getElementById("run-name"), visible(NUMBERS.run.name));
fill(document.getElementById("views"), element("ul", null, Object.entries(VIEWS).filter(([, [title]]) => title)
  .map(([view, [title]]) => element("li", null, element("a", {href: "#" + view}, title)))));
fill(document.getElementById("made"), "Made by news-cleaner ", visible(String(NUMBERS.run.made_with.version || "")),
  ". Texts are samples of the run; this page loads nothing and sends nothing. Charts: Chart.js (MIT).");
document.getElementById("theme").replaceWith(themeButton(drawCharts));
showView();
window.addEventListener("hashchange", showView);
document.addEventListener("keydown", onKey);
