"use strict";
// What another run did otherwise.

function changesView(parameters) {
  const rows = CHANGES.kinds.map(([kind, gained, gainedSize, gainedIn, lost, lostSize, lostIn]) =>
    ({...KINDS[kind], gained, gainedSize, gainedIn, lost, lostSize, lostIn, net: gainedSize - lostSize}))
    .sort((a, b) => b.gainedSize + b.lostSize - a.gainedSize - a.lostSize);
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  return [
    element("h1", null, "What changed"),
    element("p", {class: "lead"}, "From ", element("em", null, visible(CHANGES.run.name)), " to ",
      element("em", null, visible(NUMBERS.run.name)), ": ", plural(CHANGES.changed, "document"), " of ",
      count(CHANGES.both), " differ. This run takes ", element("strong", null, plural(sum("gainedSize"), "character")),
      " that the other left, and leaves ", element("strong", null, plural(sum("lostSize"), "character")), " that the other took."),
    changeTiles(sum),
    optionChanges(),
    element("h2", null, "By category"),
    rows.length ? changeChart(rows) : element("p", {class: "notice"}, "Both runs take the same."),
    rows.length > 0 && [element("h2", null, "By rule"), changeTable(rows, parameters)],
    CHANGES.renamed.length > 0 && renamedTable(),
  ];
}

function changeTiles(sum) {
  const tile = (value, label, href) => element(href ? "a" : "div", {class: "card tile", href},
    element("b", null, value), element("span", null, label));
  const odd = [["new", "only in this run"], ["gone", "only in the other run"], ["failed_now", "failed in this run only"],
    ["mended", "failed in the other run only"], ["other_text", "with another text in the other run"]];
  return element("div", {class: "tiles"},
    tile(count(CHANGES.changed), "documents differ", address("documents", {why: "changed"})),
    tile("+" + count(sum("gained")), "spans gained", address("samples", {state: "gained"})),
    tile("−" + count(sum("lost")), "spans lost", address("samples", {state: "lost"})),
    odd.filter(([name]) => CHANGES[name] > 0).map(([name, label]) => tile(count(CHANGES[name]), "documents " + label)));
}

function optionChanges() {
  const now = {...NUMBERS.run.options, ...NUMBERS.run.made_with}, before = {...CHANGES.run.options, ...CHANGES.run.made_with};
  const shown = (value) => value === undefined ? "not set" : Array.isArray(value) ? value.join(", ") || "none" : String(value);
  const rows = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => !["output", "workers"].includes(name) && shown(now[name]) !== shown(before[name]))
    .map((name) => ({name, before: shown(before[name]), now: shown(now[name])}));
  return rows.length > 0 && [element("h2", null, "Options that differ"), table({
    caption: "Options that differ", rows, columns: [
      {title: "Option", value: (row) => row.name},
      {title: visible(CHANGES.run.name), show: (row) => visible(row.before)},
      {title: visible(NUMBERS.run.name), show: (row) => visible(row.now)}]})];
}

function signed(number) {
  return (number > 0 ? "+" : number < 0 ? "−" : "") + count(Math.abs(number));
}

function changeChart(rows) {
  const sums = new Map();
  for (const row of rows) {
    const sum = sums.get(row.category) || {category: row.category, gained: 0, lost: 0};
    sum.gained += row.gainedSize;
    sum.lost += row.lostSize;
    sums.set(row.category, sum);
  }
  const categories = [...sums.values()].sort((a, b) => b.gained + b.lost - a.gained - a.lost);
  return figure({
    title: "Gained and lost by category", note: "Characters that only this run takes (right), and that only the other took (left).",
    height: 110 + categories.length * 24,
    make: () => bars({labels: categories.map((row) => row.category), across: true, format: signed, stacks: [
      {label: "gained", group: "article", values: categories.map((row) => row.gained)},
      {label: "lost", group: "advertisement", values: categories.map((row) => -row.lost)}],
    onPick: (place) => { location.hash = address("samples", {category: categories[place].category,
      state: categories[place].gained >= categories[place].lost ? "gained" : "lost"}); }}),
    numbers: table({caption: "Gained and lost by category", rows: categories, columns: [
      {title: "Category", show: (row) => categoryChip(row.category)},
      {title: "Gained", number: true, value: (row) => row.gained},
      {title: "Lost", number: true, value: (row) => row.lost}]}),
  });
}

function changeTable(all, parameters) {
  const linked = (row, state, number) => number ? element("a", {href: address("samples",
    {category: row.category, rule: row.rule, state})}, count(number)) : "0";
  const columns = [
    {name: "rule", title: "Rule", value: (row) => row.rule, show: (row) => [categoryChip(row.category), element("code", null, visible(row.rule))]},
    {name: "gained", title: "Spans gained", number: true, value: (row) => row.gained, show: (row) => linked(row, "gained", row.gained)},
    {name: "gainedSize", title: "Characters", number: true, value: (row) => row.gainedSize},
    {name: "lost", title: "Spans lost", number: true, value: (row) => row.lost, show: (row) => linked(row, "lost", row.lost)},
    {name: "lostSize", title: "Characters", number: true, value: (row) => row.lostSize},
    {name: "net", title: "Net", number: true, value: (row) => row.net, show: (row) => signed(row.net)},
  ];
  return filteredView("changes", parameters, [
    {name: "q", label: "Search"},
    {name: "category", label: "Category", options: optionsOf(all, (row) => row.category)},
  ], (values, change) => {
    const rows = all.filter((row) => (!values.category || row.category === values.category) &&
      (!values.q || wordsMatch(values.q, row.rule + " " + row.category)));
    return [found(rows.length, "rule"), table({caption: "Changes by rule", columns, rows, sort: values.sort,
      onSort: (sort) => change({sort})})];
  });
}

function renamedTable() {
  const rows = CHANGES.renamed.map(([fromCategory, fromRule, toCategory, toRule, size]) => ({fromCategory, fromRule, toCategory, toRule, size}));
  return [element("h2", null, "Taken under another name"),
    element("p", null, "Both runs take these characters, by another rule or as another category."),
    table({caption: "Taken under another name", rows, limit: 20, columns: [
      {title: "Before", show: (row) => [categoryChip(row.fromCategory), element("code", null, visible(row.fromRule))]},
      {title: "Now", show: (row) => [categoryChip(row.toCategory), element("code", null, visible(row.toRule))]},
      {title: "Characters", number: true, value: (row) => row.size}]})];
}
