"use strict";
// The first view: the run in numbers and charts.

function overviewView() {
  const all = NUMBERS.summary;
  return [
    element("h1", null, "What ", element("em", null, visible(NUMBERS.run.name)), " took out"),
    element("p", {class: "lead"}, sentence(all)),
    composition(all),
    tiles(all),
    flags(all.flags),
    all.failed > 0 && element("p", {class: "notice bad"}, element("a", {href: "#failures"}, plural(all.failed, "document")),
      " could not be cleaned: ", Object.entries(all.causes).map(([cause, n]) => cause + " " + count(n)).join(", "), "."),
    passedOver(Object.entries(all.passed_over)),
    NUMBERS.missing > 0 && element("p", {class: "notice"}, plural(NUMBERS.missing, "sampled document"),
      " cannot be shown as it was: the output was changed or moved since the run. The numbers are those of the run."),
    element("h2", null, "Where it was taken"),
    element("div", {class: "charts"}, categoryChart(), positionChart(), lengthChart(),
      partChart("Removed share by language", LANGUAGES, "language", languageName),
      partChart("Removed share by site", SITES.filter((site) => site.name !== "unknown"), "site", (name) => name),
      shareChart()),
    element("h2", null, "What took most"),
    element("div", {class: "columns"}, mostOf(), sparedMost()),
    howItRan(NUMBERS.run),
  ];
}

function sentence(all) {
  return [plural(all.documents, "document"), " went in. Of the ", plural(all.read, "character"), " of ",
    all.failed ? "the " + count(all.documents - all.failed) + " that were cleaned, " : "their text, ",
    element("strong", null, percent(all.share)), " was taken out, in ", plural(all.removals, "removal"), "."];
}

// What lay among the documents and is none.
function passedOver(reasons) {
  const total = reasons.reduce((sum, [, number]) => sum + number, 0);
  return total > 0 && element("p", {class: "notice"}, count(total), " files or records are no documents and were passed over: ",
    reasons.map(([reason, number]) => visible(reason) + " " + count(number)).join(", "), ".");
}

// What became of all characters: kept, and taken out by group.
function composition(all) {
  const sums = byGroup(Object.fromEntries(NUMBERS.categories.map(([name, , , size]) => [name, size])));
  const parts = [["kept", all.read - all.removed], ...GROUPS.map((group) => [group, sums[group]])]
    .filter(([, size]) => size > 0);
  const strip = element("div", {class: "composition", "aria-hidden": "true"}, parts.map(([group, size]) => {
    const part = element("span", {class: "group-" + group, title: (GROUP_NAMES[group] || group) + ": " + percent(size / all.read)});
    part.style.flexGrow = String(size);
    return part;
  }));
  return element("div", {class: "card"}, strip, element("ul", {class: "legend"}, parts.map(([group, size]) =>
    element("li", null, element("span", {class: "swatch group-" + group, "aria-hidden": "true"}),
      GROUP_NAMES[group] || group, " ", element("b", null, percent(all.read ? size / all.read : 0))))));
}

function tiles(all) {
  const tile = (value, label, href) => element(href ? "a" : "div", {class: "card tile", href},
    element("b", null, value), element("span", null, label));
  return element("div", {class: "tiles"},
    tile(count(all.documents), "documents"),
    tile(count(all.documents - all.failed), "cleaned"),
    tile(count(all.failed), "failed", all.failed ? "#failures" : null),
    tile(count(all.read), "characters in"),
    tile(count(all.read - all.removed), "characters out"),
    tile(count(all.removals), "removals", address("samples", {state: "taken"})),
    tile(count(all.spared), "claims spared", address("samples", {state: "spared"})));
}

function flags(found) {
  const entries = Object.entries(found);
  if (!entries.length) return null;
  return element("p", {class: "flags"}, "Flags: ", entries.map(([flag, number]) =>
    element("a", {class: "flag", href: address("documents", {flag})}, flag, " ", element("b", null, count(number)))));
}

function categoryChart() {
  const rows = NUMBERS.categories.map(([category, documents, removals, size]) =>
    ({category, documents, removals, size, share: size / NUMBERS.summary.read}));
  if (!rows.length) return null;
  const go = (category) => address("samples", {category});
  return figure({
    title: "Removed share by category", note: "Of all characters that went in.", height: 60 + rows.length * 24,
    make: () => {
      const made = bars({labels: rows.map((row) => row.category), across: true,
        stacks: [{label: "removed", group: "links", values: rows.map((row) => row.share)}],
        tip: (place) => plural(rows[place].removals, "removal") + " in " + plural(rows[place].documents, "document"),
        onPick: (place) => { location.hash = go(rows[place].category); }});
      made.data.datasets[0].backgroundColor = rows.map((row) => paint(groupOf(row.category)));
      return made;
    },
    numbers: table({caption: "Categories", rows, columns: [
      {title: "Category", show: (row) => element("a", {href: go(row.category)}, row.category)},
      {title: "Documents", number: true, value: (row) => row.documents},
      {title: "Removals", number: true, value: (row) => row.removals},
      {title: "Characters", number: true, value: (row) => row.size},
      {title: "Share", number: true, show: (row) => percent(row.share)}]}),
  });
}

// How much of the text at each place of the documents was taken, from their beginnings to their ends.
function positionChart() {
  const bins = NUMBERS.shares.length;
  const groups = Object.fromEntries(GROUPS.map((group) => [group, new Array(bins).fill(0)]));
  for (const [category, sizes] of Object.entries(NUMBERS.positions)) {
    sizes.forEach((size, bin) => { groups[groupOf(category)][bin] += size; });
  }
  const there = NUMBERS.summary.read / bins || 1;
  const stacks = GROUPS.filter((group) => groups[group].some((size) => size > 0)).map((group) =>
    ({label: GROUP_NAMES[group], group, values: groups[group].map((size) => size / there)}));
  const labels = Array.from({length: bins}, (_, bin) => Math.round(100 * bin / bins) + "–" + Math.round(100 * (bin + 1) / bins) + " %");
  return figure({
    title: "Removed share by position", note: "0 % is the beginning of a document, 100 % its end.", height: 330,
    make: () => bars({labels, stacks, title: "place in the document", tick: everyFourth}),
    numbers: table({caption: "Removed share by position", rows: labels.map((label, bin) => ({label, bin})), columns: [
      {title: "Place", value: (row) => row.label},
      ...stacks.map((stack) => ({title: stack.label, number: true, show: (row) => percent(stack.values[row.bin])}))]}),
  });
}

// Labels at 0, 20, 40 … per cent; more of them would have to be read askew.
function everyFourth(bin) {
  return bin % 4 === 0 ? bin * 5 + " %" : "";
}

function lengthChart() {
  const rows = LENGTHS.filter((part) => part.documents > 0).map((part) => ({...part, label: lengthLabel(part.name)}));
  return figure({
    title: "Removed share by length", note: "Documents by the characters that went in.", height: 330,
    make: () => bars({labels: rows.map((row) => row.label), stacks: stacksOf(rows), title: "characters",
      tip: (place) => percent(rows[place].share) + " of " + plural(rows[place].documents, "document")}),
    numbers: partTable("Removed share by length", rows, {title: "Characters", show: (row) => row.label}),
  });
}

function lengthLabel([from, to]) {
  const short = (number) => number >= 1000 ? number / 1000 + "k" : String(number);
  return to === null ? short(from) + " and more" : from === 0 ? "up to " + short(to) : short(from) + "–" + short(to);
}

function shareChart() {
  const rows = NUMBERS.shares.map((documents, bin) => ({documents,
    label: bin * 5 + "–" + (bin + 1) * 5 + " %"}));
  return figure({
    title: "Documents by removed share", note: "How many documents lost how much.", height: 240,
    make: () => bars({labels: rows.map((row) => row.label), format: count, title: "share that was taken out", tick: everyFourth,
      stacks: [{label: "documents", group: "article", values: rows.map((row) => row.documents)}]}),
    numbers: table({caption: "Documents by removed share", rows, columns: [
      {title: "Removed", value: (row) => row.label},
      {title: "Documents", number: true, value: (row) => row.documents}]}),
  });
}

const PARTS_SHOWN = 20;

function partChart(title, parts, parameter, nameOf) {
  if (!parts.some((part) => part.name !== "unknown")) return null;
  const shownOf = new Set(DOCUMENTS.map((document) => document[parameter] || "unknown"));
  const rows = parts.slice(0, PARTS_SHOWN);
  const go = (row) => address("documents", {[parameter]: row.name});
  const shown = parts.length > rows.length ? "The " + rows.length + (parameter === "site" ? " that most was taken from." : " with most documents.") : null;
  return figure({
    title, note: shown, height: 110 + rows.length * 24,
    make: () => bars({labels: rows.map((row) => visible(nameOf(row.name))), across: true, stacks: stacksOf(rows),
      tip: (place) => percent(rows[place].share) + " of " + plural(rows[place].documents, "document"),
      onPick: (place) => { if (shownOf.has(rows[place].name)) location.hash = go(rows[place]); }}),
    numbers: partTable(title, rows, {title: parameter === "site" ? "Site" : "Language", show: (row) =>
      shownOf.has(row.name) ? element("a", {href: go(row)}, visible(nameOf(row.name))) : visible(nameOf(row.name))}),
  });
}

function partTable(caption, rows, first) {
  return table({caption, rows, columns: [first,
    {title: "Documents", number: true, value: (row) => row.documents},
    {title: "Characters in", number: true, value: (row) => row.read},
    {title: "Removed", number: true, value: (row) => row.removed},
    {title: "Share", number: true, show: (row) => percent(row.share)}]});
}

const MOST_SHOWN = 12;

function mostOf() {
  const rows = [...KINDS].sort((a, b) => b.characters - a.characters).slice(0, MOST_SHOWN);
  return element("section", {class: "card"}, element("h3", null, "Rules that took most characters"), table({
    caption: "Rules that took most characters", rows, columns: [
      {title: "Rule", show: ruleLink},
      {title: "Characters", number: true, value: (row) => row.characters},
      {title: "Documents", number: true, value: (row) => row.documents}]}),
  element("p", null, element("a", {href: "#rules"}, "All rules")));
}

function sparedMost() {
  const rows = KINDS.filter((kind) => kind.spared > 0).sort((a, b) => b.spared - a.spared).slice(0, MOST_SHOWN);
  if (!rows.length) return null;
  return element("section", {class: "card"}, element("h3", null, "Rules that were refused most often"), table({
    caption: "Rules that were refused most often", rows, columns: [
      {title: "Rule", show: (row) => ruleLink(row, "spared")},
      {title: "Spared", number: true, value: (row) => row.spared},
      {title: "Removals", number: true, value: (row) => row.removals}]}),
  element("p", null, element("a", {href: address("samples", {state: "spared"})}, "All spared claims")));
}

function ruleLink(kind, state) {
  return [categoryChip(kind.category), element("a", {class: "rule", href: address("samples",
    {category: kind.category, rule: kind.rule, state})}, element("code", null, visible(kind.rule)))];
}

function howItRan(run) {
  const shown = (value) => visible(Array.isArray(value) ? value.join(", ") : String(value));
  const rows = [...Object.entries(run.options), ...Object.entries(run.made_with)];
  return element("details", {class: "card"}, element("summary", null, "How it was run"),
    element("dl", {class: "options"}, rows.map(([name, value]) => [element("dt", null, name), element("dd", null, shown(value))])));
}
