"use strict";
// Where the reader is stands in the address behind #: "#samples?rule=…". So a view can be bookmarked and gone back to.

function address(view, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== "" && value != null));
  const text = query.toString();
  return "#" + view + (text ? "?" + text : "");
}

function here() {
  const [view, query] = location.hash.slice(1).split("?", 2);
  return {view: view || "overview", parameters: Object.fromEntries(new URLSearchParams(query || ""))};
}

// The address that the page shows already: a change to it asks for nothing new.
let shownHash = null;

// Note a change of filters in the address, without a new step in the history.
function noteParameters(view, parameters) {
  shownHash = address(view, parameters);
  location.replace(shownHash);
}

// A list that fields narrow down. `fields`: [{name, label, options: [[value, text], …]?}], a search field where there
// are no options. `show(parameters, change)` gives what stands below them; `change({…})` sets parameters.
function filteredView(view, parameters, fields, show) {
  const values = {...parameters};
  const results = element("div", {class: "results"});
  const change = (changes) => {
    Object.assign(values, changes);
    for (const field of fields) inputs[field.name].value = values[field.name] || "";
    noteParameters(view, values);
    refill();
  };
  const refill = () => {
    fill(results, show(values, change));
    say(results.querySelector(".found")?.textContent || "");
  };
  const inputs = Object.fromEntries(fields.map((field) => [field.name, input(field, values, change)]));
  fill(results, show(values, change));
  return [
    element("form", {class: "filters", role: "search", onsubmit: (event) => event.preventDefault()},
      fields.map((field) => element("label", {class: field.options ? null : "search"},
        element("span", null, field.label), inputs[field.name])),
      element("button", {type: "button", class: "quiet", onclick: () =>
        change(Object.fromEntries(Object.keys(values).filter((name) => name !== "sort").map((name) => [name, ""])))},
      "Clear")),
    results,
  ];
}

function input(field, values, change) {
  const value = values[field.name] || "";
  if (!field.options) {
    let waiting = null;
    return element("input", {type: "search", name: field.name, value, autocomplete: "off", oninput: (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => change({[field.name]: event.target.value}), 150);
    }});
  }
  const made = element("select", {name: field.name, onchange: (event) => change({[field.name]: event.target.value})},
    element("option", {value: ""}, "all"),
    field.options.map(([each, text]) => element("option", {value: each}, text)));
  // A value that no option has, as in an address that someone kept, filters all the same.
  if (value && !field.options.some(([each]) => each === value)) put(made, element("option", {value}, value));
  made.value = value;
  return made;
}

// All words of a query stand in the text, in any order.
function wordsMatch(query, text) {
  const folded = text.toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => folded.includes(word));
}

// Tell those who do not see what changed.
function say(text) {
  document.getElementById("said").textContent = text;
}

// The values of a field in a list, the most frequent first: for a select.
function optionsOf(rows, value, text = (each) => each) {
  const counts = new Map();
  for (const row of rows) {
    for (const each of [value(row)].flat()) if (each) counts.set(each, (counts.get(each) || 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || String(a[0]).localeCompare(String(b[0])))
    .map(([each, number]) => [each, text(each) + " (" + count(number) + ")"]);
}
