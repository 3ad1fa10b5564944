"use strict";
// Views that are lists: rules, sites, samples, documents, failures.

function rulesView(parameters) {
  const columns = [
    {name: "rule", title: "Rule", value: (row) => row.rule, show: (row) =>
      [ruleLink(row), row.why && element("small", {class: "why"}, visible(row.why))]},
    {name: "characters", title: "Characters", number: true, value: (row) => row.characters},
    {name: "removals", title: "Removals", number: true, value: (row) => row.removals},
    {name: "documents", title: "Documents", number: true, value: (row) => row.documents},
    {name: "share", title: "Of all removed", number: true, value: (row) => row.characters,
      show: (row) => shareCell(NUMBERS.summary.removed ? row.characters / NUMBERS.summary.removed : 0, groupOf(row.category))},
    {name: "spared", title: "Spared", number: true, value: (row) => row.spared, help: "Claims that were heard and refused"},
  ];
  return [element("h1", null, "Rules"),
    element("p", {class: "lead"}, "What each rule took, and how often its claims were refused. A rule leads to its samples."),
    filteredView("rules", {sort: "-characters", ...parameters}, [
      {name: "q", label: "Search"},
      {name: "category", label: "Category", options: optionsOf(KINDS, (kind) => kind.category)},
    ], (values, change) => {
      const rows = KINDS.filter((kind) => (!values.category || kind.category === values.category) &&
        (!values.q || wordsMatch(values.q, [kind.rule, kind.category, kind.why].join(" "))));
      return [found(rows.length, "rule"), table({caption: "Rules", columns, rows, sort: values.sort,
        onSort: (sort) => change({sort})})];
    })];
}

function sitesView(parameters) {
  const shown = new Set(DOCUMENTS.map((document) => document.site || "unknown"));
  const columns = [
    {name: "site", title: "Site", value: (row) => row.name, show: (row) => shown.has(row.name)
      ? element("a", {href: address("documents", {site: row.name})}, visible(row.name)) : visible(row.name)},
    {name: "documents", title: "Documents", number: true, value: (row) => row.documents},
    {name: "read", title: "Characters in", number: true, value: (row) => row.read},
    {name: "removed", title: "Removed", number: true, value: (row) => row.removed},
    {name: "share", title: "Share", number: true, value: (row) => row.share, show: (row) => shareCell(row.share)},
    {name: "most", title: "Mostly", long: true, value: (row) => mostly(row)[0] || "", show: (row) => mostly(row).map(categoryChip)},
    {name: "flags", title: "Flags", long: true, value: (row) => Object.keys(row.flags).join(), show: (row) =>
      Object.entries(row.flags).map(([flag, number]) => [element("span", {class: "flag"}, flag, " ", count(number)), " "])},
  ];
  const left = NUMBERS.all_sites - SITES.length;
  return [element("h1", null, "Sites"),
    left > 0 && element("p", {class: "lead"}, "The sites that most was taken from, and those with most documents. ",
      plural(left, "more site"), " are in summary.json."),
    filteredView("sites", {sort: "-removed", ...parameters}, [{name: "q", label: "Search"}], (values, change) => {
      const rows = SITES.filter((site) => !values.q || wordsMatch(values.q, site.name));
      return [found(rows.length, "site"), table({caption: "Sites", columns, rows, sort: values.sort,
        onSort: (sort) => change({sort})})];
    })];
}

function mostly(part) {
  return Object.entries(part.categories).sort((a, b) => b[1] - a[1]).slice(0, 3).map(([category]) => category);
}

const STATES = {taken: "removed", spared: "spared", gained: "removed now, not before", lost: "removed before, not now"};
const SAMPLES_SHOWN = 40;

function samplesView(parameters) {
  const states = Object.entries(STATES).filter(([state]) => SAMPLES.some((sample) => sample.state === state));
  return [element("h1", null, "Samples"),
    element("p", {class: "lead"}, "A few spans of every rule, drawn by lot, in the text that they stand in."),
    filteredView("samples", parameters, [
      {name: "q", label: "Search"},
      {name: "state", label: "What", options: states},
      {name: "category", label: "Category", options: optionsOf(SAMPLES, (sample) => sample.kind.category)},
      {name: "rule", label: "Rule", options: optionsOf(SAMPLES, (sample) => sample.kind.rule)},
      {name: "language", label: "Language", options: optionsOf(SAMPLES, (sample) => sample.document.language || "unknown", languageName)},
      {name: "site", label: "Site", options: optionsOf(SAMPLES, (sample) => sample.document.site || "unknown")},
    ], (values) => {
      const rows = SAMPLES.filter((sample) => sampleMatches(sample, values));
      return [found(rows.length, "sample"), inPortions(rows, SAMPLES_SHOWN, sampleCard)];
    })];
}

function sampleMatches(sample, values) {
  const {kind, document} = sample;
  return (!values.state || sample.state === values.state || (values.state === "taken" && sample.state === "gained")) &&
    (!values.category || kind.category === values.category) && (!values.rule || kind.rule === values.rule) &&
    (!values.language || (document.language || "unknown") === values.language) &&
    (!values.site || (document.site || "unknown") === values.site) &&
    (!values.q || wordsMatch(values.q, [...sample.around, kind.rule, sample.reason, documentName(document), document.site].join(" ")));
}

function sampleCard(sample) {
  const {kind, document, around: [before, text, after], state} = sample;
  const group = "group-" + groupOf(kind.category);
  return element("article", {class: "card sample " + group},
    element("header", null, categoryChip(kind.category), element("code", null, visible(kind.rule)),
      state !== "taken" && element("span", {class: "state " + state}, STATES[state]),
      element("span", {class: "sure"}, typeof sample.sure === "number" ? "score " + sample.sure : sample.sure + " claim")),
    element("blockquote", {class: "text", dir: "auto"}, visible(before),
      element(state === "taken" || state === "gained" ? "mark" : "span",
        {class: "span " + group + (state === "spared" ? " spared" : "")}, visible(text)), visible(after)),
    element("p", {class: "reason"}, visible(sample.reason)),
    element("footer", null, element("a", {href: address("document", {n: document.number, span: sample.span})},
      visible(documentName(document))), facts(document)));
}

// Site, language and size of a document, in small.
function facts(document) {
  return element("small", {class: "facts"}, [document.site && visible(document.site),
    document.language && languageName(document.language), percent(document.share) + " of " +
    plural(document.read, "character") + " removed"].filter(Boolean).join(" · "));
}

const WHY = {share: "largest share removed", size: "most characters removed", any: "drawn by lot", changed: "changed most",
  flag: "flagged", language: "of its language", site: "of its site", length: "of its length", sample: "for a sample"};

function whyShown(document) {
  return document.why.length ? [...new Set(document.why.map((why) => why.split(" ", 1)[0]))] : ["sample"];
}

function documentsView(parameters) {
  const columns = [
    {name: "name", title: "Document", value: documentName, show: (row) =>
      [element("a", {href: address("document", {n: row.number})}, visible(documentName(row))),
        element("small", {class: "facts"}, [visible(row.name), row.site && visible(row.site),
          row.language && languageName(row.language)].filter(Boolean).join(" · "))]},
    {name: "read", title: "Characters in", number: true, value: (row) => row.read},
    {name: "removed", title: "Removed", number: true, value: (row) => row.removed},
    {name: "share", title: "Share", number: true, value: (row) => row.share, show: (row) => shareCell(row.share)},
    {name: "flags", title: "Flags", value: (row) => row.flags.join(), show: (row) => row.flags.map(flagChip)},
    {name: "why", title: "Shown because", long: true, value: (row) => whyShown(row)[0], show: (row) =>
      element("small", null, whyShown(row).map((why) => WHY[why]).join(", "))},
  ];
  return [element("h1", null, "Documents"),
    element("p", {class: "lead"}, plural(DOCUMENTS.length, "document"), " of ", count(NUMBERS.summary.documents),
      " can be read here side by side, as they were and as they are."),
    filteredView("documents", {sort: "-share", ...parameters}, [
      {name: "q", label: "Search"},
      {name: "why", label: "Shown because", options: optionsOf(DOCUMENTS, whyShown, (why) => WHY[why])},
      {name: "flag", label: "Flag", options: optionsOf(DOCUMENTS, (row) => row.flags)},
      {name: "language", label: "Language", options: optionsOf(DOCUMENTS, (row) => row.language || "unknown", languageName)},
      {name: "site", label: "Site", options: optionsOf(DOCUMENTS, (row) => row.site || "unknown")},
    ], (values, change) => {
      const rows = DOCUMENTS.filter((row) => documentMatches(row, values));
      return [found(rows.length, "document"), table({caption: "Documents", columns, rows, sort: values.sort,
        onSort: (sort) => change({sort})})];
    })];
}

function documentMatches(row, values) {
  return (!values.why || whyShown(row).includes(values.why)) && (!values.flag || row.flags.includes(values.flag)) &&
    (!values.language || (row.language || "unknown") === values.language) &&
    (!values.site || (row.site || "unknown") === values.site) &&
    (!values.q || wordsMatch(values.q, [row.title, row.name, row.file, row.url, row.site].join(" ")));
}

function failuresView(parameters) {
  const columns = [
    {name: "id", title: "Document", value: (row) => row.id, show: (row) => visible(row.id)},
    {name: "cause", title: "Cause", value: (row) => row.cause},
    {name: "error", title: "What happened", long: true, value: (row) => row.error, show: (row) => visible(row.error)},
  ];
  const {failed} = NUMBERS.summary;
  return [element("h1", null, "Failures"),
    element("p", {class: "lead"}, failed ? [plural(failed, "document"), " could not be cleaned. ",
      failed > NUMBERS.failures.length && "The first " + NUMBERS.failures.length + " are named here, all in manifest.jsonl."]
      : "All documents were cleaned."),
    failed > 0 && filteredView("failures", parameters, [
      {name: "q", label: "Search"},
      {name: "cause", label: "Cause", options: optionsOf(NUMBERS.failures, (row) => row.cause)},
    ], (values, change) => {
      const rows = NUMBERS.failures.filter((row) => (!values.cause || row.cause === values.cause) &&
        (!values.q || wordsMatch(values.q, row.id + " " + row.error)));
      return [found(rows.length, "failure"), table({caption: "Failures", columns, rows, sort: values.sort,
        onSort: (sort) => change({sort})})];
    })];
}

function found(number, what) {
  return element("p", {class: "found"}, number ? plural(number, what) : "Nothing fits. Clear a filter.");
}

// Some of many, and a button for more.
function inPortions(rows, size, show) {
  const list = element("div", {class: "list"});
  let at = 0;
  const more = element("button", {type: "button", class: "more", onclick: () => add()});
  const add = () => {
    put(list, rows.slice(at, at + size).map(show));
    at += size;
    if (at >= rows.length) more.remove();
    else fill(more, "Show more (", count(rows.length - at), " left)");
  };
  add();
  return [list, at < rows.length && more];
}
