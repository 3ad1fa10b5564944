"use strict";
// A text or page to try: what would go, and why.

const EXAMPLE = `Council votes to rebuild bridge

By Jane Doe

The city council voted on Monday night to rebuild the old harbour bridge. It has been closed to all traffic since a barge struck one of its piers two years ago, and the ferry that replaced it is full on most mornings. (photo credit: City of Northport)

Advertisement

Ana Ruiz runs a shop near its northern end. \u201cPlease subscribe to our newsletter, I tell every customer,\u201d she said, \u201cbecause we have no street left to put a sign in.\u201d

We use cookies to improve your experience.

Read more

Related articles`;

const trial = {text: "", kind: "auto", preset: "balanced", url: "", language: "", spared: false, told: null};

async function showTry() {
  view("try");
  document.title = "Try a text \u2013 cleaner";
  const field = (name, title, made) => element("label", null, element("span", null, title), listen(made, name));
  const listen = (made, name) => {
    made.addEventListener("input", () => { trial[name] = made.value; });
    made.value = trial[name];
    return made;
  };
  const choice = (names) => element("select", null, names.map((name) => element("option", {value: name}, name)));
  const text = listen(element("textarea", {
    rows: 10, spellcheck: "false", dir: "auto", "aria-label": "Text or HTML", placeholder: "Paste a text, or the HTML of a page",
  }), "text");
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) busily(tryIt);
  });
  ui.outcome = element("div", {class: "outcome"});
  fill(ui.main,
    element("section", {class: "card try"},
      element("h2", null, "Try a text or a page"),
      text,
      element("div", {class: "fields"},
        field("kind", "What it is", choice(SETTINGS.kinds)),
        field("preset", "Preset", choice(SETTINGS.presets)),
        field("language", "Language", element("input", {type: "text", size: 4, placeholder: "auto", maxlength: 8})),
        field("url", "Address", element("input", {type: "url", placeholder: "helps to know the headline"}))),
      element("p", {class: "moves"},
        element("button", {type: "button", class: "main-button", onclick: () => busily(tryIt)}, "Clean it", element("kbd", null, "Ctrl Enter")),
        element("button", {type: "button", class: "quiet", onclick: () => {
          trial.text = text.value = EXAMPLE;
          busily(tryIt);
        }}, "An example"))),
    ui.outcome);
  showOutcome();
}

async function tryIt() {
  const {text, kind, preset, url, language} = trial;
  const asked = {text, kind, preset, url, language};
  if (new Blob([JSON.stringify(asked)]).size > SETTINGS.limit) throw new Failed("It has more than " + count(SETTINGS.limit) + " bytes.");
  trial.told = await ask("/try", asked);
  showOutcome();
  say(plural(trial.told.spans.filter((span) => !span.spared).length, "removal"));
}

function showOutcome() {
  const told = trial.told;
  if (!told) return;
  const removals = told.spans.filter((span) => !span.spared);
  const kept = told.read ? told.removed / told.read : 0;
  fill(ui.outcome,
    element("section", {class: "card"},
      element("p", {class: "summary"}, element("strong", null, plural(removals.length, "removal")), ", " + percent(kept) + " of the text \u00b7 " + told.kind +
        (told.language ? " \u00b7 " + told.language : "") + (told.flags.length ? " \u00b7 " + told.flags.join(", ") : "")),
      fieldList(told.fields)),
    element("div", {class: "sides"},
      element("section", {class: "card"},
        element("h2", null, "Original", element("label", {class: "toggle"},
          sparedBox(), "spared claims")),
        element("div", {class: "reading", tabindex: "0"}, trialText(told))),
      element("section", {class: "card"},
        element("h2", null, "Cleaned"),
        element("div", {class: "reading", tabindex: "0"}, element("div", {class: "text", dir: "auto"}, visible(told.cleaned))))),
    reasonsCard("Removed", removals),
    trial.spared && reasonsCard("Spared", told.spans.filter((span) => span.spared)));
}

function sparedBox() {
  const box = element("input", {type: "checkbox", onchange: () => {
    trial.spared = box.checked;
    showOutcome();
  }});
  box.checked = trial.spared;
  return box;
}

function trialText(told) {
  const shown = (numbers) => numbers.filter((number) => trial.spared || !told.spans[number].spared);
  return markedText(told.pieces.map(([text, numbers]) => [text, shown(numbers)]), told.spans, SETTINGS.groups);
}

function fieldList(fields) {
  const rows = Object.entries(fields).filter(([, value]) => typeof value === "string");
  return rows.length > 0 && element("dl", {class: "found"}, rows.map(([name, value]) =>
    [element("dt", null, name), element("dd", {dir: "auto"}, visible(value))]));
}

function reasonsCard(title, spans) {
  if (!spans.length) return null;
  return element("section", {class: "card"},
    element("h2", null, title),
    element("ul", {class: "reasons"}, spans.map((span) => element("li", null,
      element("span", {class: "chip group-" + (SETTINGS.groups[span.category] || "other")}, span.category),
      element("code", null, visible(span.rule)), element("span", {dir: "auto"}, visible(span.reason))))));
}
