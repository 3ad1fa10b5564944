"use strict";
// The review: one item after the other, by single keys. Every verdict is on the server's disk before the next is shown.

const SETTINGS = dataOf("settings");

// What a verdict means, by the kind of item.
const MEANING = {
  removal: {
    right: ["Right", "boilerplate"],
    wrong: ["Wrong", "text of the article"],
    category: ["Other category", "boilerplate of another sort"],
    extend: ["Other bounds", "more, or less, should go"],
  },
  spared: {
    right: ["Right", "text of the article"],
    wrong: ["Wrong", "boilerplate, as claimed"],
    category: ["Other category", "boilerplate of another sort"],
    extend: ["Other bounds", "part of it, or more, should go"],
  },
};
const KEYS = {right: "r", wrong: "w", category: "c", extend: "e"};

// What is shown: the overview, the item, the last verdict that was given.
const state = {overview: null, item: null, last: null, whole: false, bounds: null, busy: false};
const ui = {};

// --- talking to the server ---

class Failed extends Error {}

async function ask(path, body) {
  let answer;
  try {
    answer = await fetch(path, body === undefined ? {} : {
      method: "POST",
      headers: {"Content-Type": "application/json", "X-Cleaner-Review": "1"},
      body: JSON.stringify(body),
    });
  } catch {
    throw new Failed("The server does not answer. Everything that was shown as saved is kept: start " +
      "\u2018cleaner review\u2019 again and open the address that it prints.");
  }
  const told = await answer.json().catch(() => ({error: "the server's answer makes no sense"}));
  if (!answer.ok) throw new Failed(told.error || "status " + answer.status);
  return told;
}

// One thing at a time: a key pressed meanwhile would be meant for what was not seen yet.
async function busily(work) {
  if (state.busy) return;
  state.busy = true;
  try {
    await work();
    ui.failure.hidden = true;
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    fill(ui.failure, element("strong", null, "That did not work. "), error.message);
    ui.failure.hidden = false;
  } finally {
    state.busy = false;
  }
}

// --- items ---

async function show(number, options = {}) {
  const {of} = state.overview;
  const at = Math.max(0, Math.min(number, of));
  state.bounds = null;
  state.whole = Boolean(options.whole);
  ui.message.hidden = true;
  if (at === of) {
    state.item = null;
    showEnd();
  } else {
    state.item = await ask("/item?number=" + at + (state.whole ? "&whole=1" : ""));
    showItem();
  }
  history.replaceState(null, "", "#" + Math.min(at + 1, of));
}

function showItem() {
  const item = state.item;
  fill(ui.main, itemCard(item), verdictBar(item));
  showProgress();
  showLast();
  document.title = "Item " + (item.number + 1) + " of " + state.overview.of + " \u2013 cleaner review";
  // So that the arrows up and down scroll the text.
  ui.main.querySelector(".reading").focus({preventScroll: true});
  seeTarget();
}

function itemCard(item) {
  const {document: source} = item;
  return element("article", {class: "card item kind-" + item.kind, "aria-label": "Item " + (item.number + 1)},
    element("header", {class: "what"},
      element("p", {class: "claim"},
        element("span", {class: "kind"}, item.kind === "removal" ? "Removed" : "Spared"),
        element("span", {class: "chip big group-" + (SETTINGS.groups[item.category] || "other")}, item.category),
        element("span", {class: "band"}, item.band + (item.score === null ? "" : " (" + item.score.toFixed(1) + ")")),
        element("code", null, visible(item.rule))),
      element("p", {class: "reason"}, visible(item.reason)),
      item.why && element("p", {class: "why"}, visible(item.why))),
    element("div", {class: "source"},
      element("h2", {dir: "auto"}, visible(source.title || source.id)),
      element("p", {class: "facts"}, factsOf(source))),
    element("div", {class: "reading", tabindex: "0", "aria-label": "The text around it"},
      partsOf(item)),
    element("p", {class: "below"},
      element("button", {class: "quiet", type: "button", onclick: () => busily(toggleWhole)},
        state.whole ? "Less of the document" : "Whole document", key("d")),
      element("small", null, plural(source.length, "character") + (source.flags.length ? " \u00b7 " + source.flags.join(", ") : ""))));
}

function factsOf(source) {
  const name = source.file === null ? source.id : source.file + ", record " + source.number + " (" + source.id + ")";
  const address = safeAddress(source.url);
  return [
    source.site && element("span", null, visible(source.site)),
    source.language && element("span", null, source.language),
    element("span", null, visible(name)),
    address && element("a", {href: address, target: "_blank", rel: "noopener noreferrer"}, "open the page"),
  ];
}

// An address that may be a link: no scripts, nothing of this machine's files.
function safeAddress(address) {
  try {
    const found = new URL(address);
    return ["http:", "https:"].includes(found.protocol) ? found.href : null;
  } catch {
    return null;
  }
}

function partsOf(item) {
  const shown = [];
  item.parts.forEach((part, index) => {
    const end = part.start + lengthOf(part);
    const before = index ? item.parts[index - 1] : null;
    const gap = part.start - (before ? before.start + lengthOf(before) : 0);
    if (gap) shown.push(element("p", {class: "gap"}, (before ? "" : "\u2026 ") + plural(gap, "character") + (before ? " not shown" : " before")));
    const text = markedText(part.pieces, item.spans, SETTINGS.groups);
    for (const made of text.querySelectorAll(".span")) {
      // A line break is nothing to be seen.
      if (!made.textContent.trim()) made.className = "";
      else for (const span of made.spans) made.classList.add("role-" + span.role);
    }
    text.shownPart = part;
    shown.push(text);
    if (index === item.parts.length - 1 && end < item.document.length) {
      shown.push(element("p", {class: "gap"}, "\u2026 " + plural(item.document.length - end, "character") + " after"));
    }
  });
  return shown;
}

function lengthOf(part) {
  return part.pieces.reduce((sum, [text]) => sum + Array.from(text).length, 0);
}

function seeTarget() {
  const reading = ui.main.querySelector(".reading");
  const target = reading && reading.querySelector(".role-proposed, .role-target");
  if (!target) return;
  const above = target.getBoundingClientRect().top - reading.getBoundingClientRect().top;
  reading.scrollTop += above - reading.clientHeight * 0.3;
}

async function toggleWhole() {
  await show(state.item.number, {whole: !state.whole});
}

// --- verdicts ---

function verdictBar(item) {
  const given = item.verdict && item.verdict.verdict;
  const question = item.kind === "removal"
    ? "Was it right to remove the marked text?"
    : "The marked text was claimed to be " + item.category + ", and left in. Was that right?";
  return element("section", {class: "verdicts", "aria-label": "Your verdict"},
    element("p", {class: "question"}, question),
    element("div", {class: "choices"}, Object.entries(MEANING[item.kind]).map(([verdict, [name, meaning]]) =>
      element("button", {
        type: "button", class: "verdict is-" + verdict, "data-verdict": verdict,
        "aria-pressed": String(given === verdict), onclick: () => choose(verdict),
      }, element("span", {class: "name"}, name, key(KEYS[verdict])), element("small", null,
        given === verdict && item.verdict.category ? item.verdict.category : meaning)))),
    element("div", {class: "moves"},
      move("Back", "b", () => show(item.number - 1), item.number === 0),
      move("Skip", "s", () => give({verdict: "skip"}), false, given === "skip"),
      move("Undo", "u", undo, !state.overview.can_undo),
      move("Next", "n", () => show(item.number + 1)),
      given && given !== "skip" && element("span", {class: "outcomes"},
        loses(item) && move("Protect rule", "p", makeRules),
        move("Fixture", "f", () => makeFixture(item)))));
}

function move(name, letter, work, disabled, pressed) {
  return element("button", {
    type: "button", class: "quiet", "data-move": letter, disabled,
    "aria-pressed": pressed ? "true" : null, onclick: () => busily(work),
  }, name, key(letter));
}

function key(letter) {
  return element("kbd", {"aria-hidden": "true"}, letter.toUpperCase());
}

function choose(verdict) {
  if (verdict === "category") pickCategory(state.item, (category) => busily(() => give({verdict, category})));
  else if (verdict === "extend") beginBounds();
  else busily(() => give({verdict}));
}

async function give(said) {
  const item = state.item;
  Object.assign(state.overview, await ask("/verdict", {item: item.id, ...said}));
  state.last = {...item, verdict: said};
  say("Saved: item " + (item.number + 1) + ", " + wordsOf(state.last));
  // After a verdict that is given again on the way back, go on from there; else to what has no verdict.
  await show(item.verdict ? item.number + 1 : Math.max(item.number + 1, Math.min(state.overview.next, state.overview.of)));
}

function wordsOf({kind, verdict}) {
  if (verdict.verdict === "skip") return "skipped";
  const name = MEANING[kind][verdict.verdict][0].toLowerCase();
  return verdict.category ? name + ": " + verdict.category : name;
}

async function undo() {
  const told = await ask("/undo", {});
  Object.assign(state.overview, told);
  state.last = null;
  say("Taken back: " + told.verdict.verdict);
  if (told.number !== null) await show(told.number);
  else await show(state.item ? state.item.number : state.overview.next);
}

// Whether the verdict says that text of the article was taken.
function loses({kind, start, end, verdict}) {
  if (kind !== "removal" || !verdict) return false;
  return verdict.verdict === "wrong" || (verdict.verdict === "extend" && (verdict.start > start || verdict.end < end));
}

async function makeRules() {
  await exported({what: "rules"});
}

async function makeFixture(item) {
  await exported({what: "fixture", item: item.id});
}

async function exported(what) {
  const told = await ask("/export", what);
  say(told.message + " \u2013 " + told.target);
  fill(ui.message, element("p", null, visible(told.message)), element("p", null, element("code", null, visible(told.target))));
  ui.message.hidden = false;
  return told;
}

// --- what stands around the item ---

function showProgress() {
  const {of, judged, skipped} = state.overview;
  ui.bar.value = judged;
  ui.bar.max = Math.max(1, of);
  fill(ui.count, element("strong", null, count(judged)), " of " + count(of) + (skipped ? ", " + count(skipped) + " skipped" : ""));
}

// The last verdict, and what can be made of it.
function showLast() {
  const last = state.last;
  ui.last.hidden = !last;
  if (!last) return;
  const faulty = !["right", "skip"].includes(last.verdict.verdict);
  fill(ui.last,
    element("span", {class: "saved"}, "Saved"), element("span", null, "item " + (last.number + 1) + ": " + wordsOf(last)),
    quick("Undo", "u", undo),
    loses(last) && quick("Protect it by a rule", "p", makeRules),
    faulty && quick("Make it a fixture", "f", () => makeFixture(last)));
}

function quick(name, letter, work) {
  return element("button", {class: "quiet", type: "button", onclick: () => busily(work)}, name, key(letter));
}

function say(message) {
  fill(ui.live, message);
}

function showEnd() {
  showProgress();
  showLast();
  const {of, judged, skipped} = state.overview;
  document.title = "Done \u2013 cleaner review";
  fill(ui.main, element("article", {class: "card end"},
    element("h2", null, judged === of ? "All items have a verdict." : "This is the end of the sample."),
    element("p", null, count(judged) + " judged, " + count(skipped) + " skipped, " + count(of - judged - skipped) + " left."),
    state.overview.next < of && element("p", null, element("button", {type: "button", onclick: () => busily(() => show(state.overview.next))}, "Go to the first one without a verdict")),
    element("p", null, element("button", {type: "button", onclick: () => busily(showResults)}, "What the verdicts say", key("v"))),
    element("p", null, element("button", {class: "quiet", type: "button", onclick: () => busily(() => show(of - 1))}, "Back", key("b")))));
}

// --- keys ---

function keyOf(event) {
  // On keyboards of other scripts the letter is another, and the place is the same.
  const letter = event.key.toLowerCase();
  return /^[a-z0-9?]$/.test(letter) || letter.length > 1 ? letter : event.code.replace(/^Key/, "").toLowerCase();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey && !state.bounds) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  if (state.bounds) return void (boundsKey(event) && event.preventDefault());
  const work = workOf(keyOf(event), event);
  if (!work) return;
  event.preventDefault();
  if (!event.repeat) work();
}

function workOf(letter) {
  const item = ui.view === "review" ? state.item : null;
  const last = item && item.verdict ? item : state.last;
  const verdict = Object.keys(KEYS).find((name, place) => KEYS[name] === letter || String(place + 1) === letter);
  if (item && verdict) return () => choose(verdict);
  const at = item ? item.number : state.overview ? state.overview.of : 0;
  const works = {
    s: item && (() => busily(() => give({verdict: "skip"}))),
    d: item && (() => busily(toggleWhole)),
    b: ui.view === "review" && (() => busily(() => show(at - 1))),
    n: item && (() => busily(() => show(at + 1))),
    u: () => busily(undo),
    p: last && (() => busily(makeRules)),
    f: last && (() => busily(() => makeFixture(last))),
    v: () => busily(ui.view === "results" ? showReview : showResults),
    "?": showHelp, h: showHelp,
  };
  works.arrowleft = works.b;
  works.arrowright = works.n;
  return state.overview ? works[letter] : null;
}

function showHelp() {
  const rows = [
    ["R or 1", "right"], ["W or 2", "wrong"], ["C or 3", "other category"], ["E or 4", "other bounds"],
    ["S", "skip"], ["B or \u2190", "back"], ["N or \u2192", "next, without a verdict"], ["U", "take the last verdict back"],
    ["D", "the whole document"], ["P", "protect rules for wrong removals"], ["F", "fixture of the last document judged"],
    ["V", "what the verdicts say"], ["?", "these keys"],
  ];
  modal("Keys", element("dl", {class: "keys"}, rows.map(([keys, what]) => [element("dt", null, keys), element("dd", null, what)])));
}

// --- dialogs ---

function modal(title, ...content) {
  const made = element("dialog", {"aria-label": title, onclose: () => made.remove()},
    element("header", null, element("h2", null, title),
      element("button", {class: "quiet", type: "button", "aria-label": "Close", onclick: () => made.close()}, "\u2715")),
    content);
  document.body.append(made);
  made.showModal();
  return made;
}

function pickCategory(item, then) {
  const list = element("ul", {class: "categories"});
  const pick = (category) => {
    made.close();
    then(category);
  };
  const filter = element("input", {type: "search", "aria-label": "Find a category", placeholder: "type to find, Enter to take", oninput: fillList});
  const fits = () => state.overview.categories.filter((name) => name !== item.category && name.includes(filter.value.trim().toLowerCase()));
  function fillList() {
    fill(list, fits().map((name) => element("li", null,
      element("button", {type: "button", class: "group-" + SETTINGS.groups[name], onclick: () => pick(name)}, name))));
  }
  filter.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && fits().length) {
      event.preventDefault();
      pick(fits()[0]);
    }
  });
  fillList();
  const made = modal("Which category?", element("p", null, "Not ", element("strong", null, item.category), " but"), filter, list);
  filter.focus();
}

// --- the page ---

async function showReview() {
  view("review");
  if (state.item) await show(state.item.number);
  else await show(numberInAddress());
}

function numberInAddress() {
  const number = Number.parseInt(location.hash.slice(1), 10);
  return number >= 1 && number <= state.overview.of ? number - 1 : state.overview.next;
}

function view(name) {
  ui.view = name;
  state.bounds = null;
  ui.last.hidden = true;
  for (const tab of ui.tabs.children) tab.setAttribute("aria-current", String(tab.dataset.view === name));
}

function build() {
  ui.live = element("p", {class: "out-of-sight", "aria-live": "polite"});
  ui.failure = element("p", {class: "failure", role: "alert", hidden: true});
  ui.message = element("div", {class: "message", role: "status", hidden: true, onclick: () => { ui.message.hidden = true; }});
  ui.last = element("div", {class: "last", hidden: true});
  ui.bar = element("progress", {value: 0, max: 1, "aria-label": "Items with a verdict"});
  ui.count = element("span", {class: "count"});
  ui.main = element("main", {id: "main"});
  const views = [["review", "Review", showReview], ["results", "Results", showResults], ["try", "Try a text", showTry]];
  ui.tabs = element("nav", {"aria-label": "Views"}, views.filter(([name]) => !SETTINGS.trialOnly || name === "try").map(([name, title, open]) =>
    element("button", {class: "tab", type: "button", "data-view": name, onclick: () => busily(open)}, title)));
  ui.name = element("strong", {class: "run"});
  put(document.body,
    element("header", {class: "top"},
      element("h1", null, "cleaner ", ui.name),
      ui.tabs,
      !SETTINGS.trialOnly && element("div", {class: "progress"}, ui.bar, ui.count),
      element("span", {class: "tools"},
        !SETTINGS.trialOnly && element("button", {class: "quiet", type: "button", title: "Keys", "aria-label": "Keys", onclick: showHelp}, "?"),
        themeButton())),
    ui.failure, ui.message, ui.last, ui.main, ui.live);
  noteSpans(ui.main);
  document.addEventListener("keydown", onKey);
}

async function start() {
  // The key is in the cookie now; it need not stay in the address.
  history.replaceState(null, "", location.pathname + location.hash);
  build();
  if (SETTINGS.trialOnly) return void busily(showTry);
  await busily(async () => {
    state.overview = await ask("/overview");
    fill(ui.name, visible(state.overview.name));
    if (state.overview.gone.length) say(state.overview.gone.length + " documents of the sample cannot be shown");
    view("review");
    await show(numberInAddress());
  });
}

start();
