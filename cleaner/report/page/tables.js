"use strict";
// Tables that sort by their heads, and small things that stand in their cells.

// `columns`: [{name, title, value(row), show(row)?, number?, long?, help?}]. `sort`: "name" or "-name".
// `onSort(sort)` is told of a click on a head. Shows `limit` rows and a button for the others.
function table({caption, columns, rows, sort, onSort, limit = 100}) {
  const sorted = sortedRows(rows, columns, sort);
  const body = element("tbody");
  const add = (from, to) => put(body, sorted.slice(from, to).map((row) => tableRow(row, columns)));
  add(0, limit);
  const made = element("table", {class: "data"},
    element("caption", {class: "out-of-sight"}, caption),
    element("thead", null, element("tr", null, columns.map((column) => head(column, sort, onSort)))), body);
  const wrap = element("div", {class: "wide", role: "region", "aria-label": caption, tabindex: 0}, made);
  if (sorted.length <= limit) return wrap;
  const more = element("button", {type: "button", class: "more", onclick: () => {
    add(limit, sorted.length);
    more.remove();
  }}, "Show all " + count(sorted.length));
  return [wrap, more];
}

function tableRow(row, columns) {
  return element("tr", null, columns.map((column, place) => {
    const shown = column.show ? column.show(row) : column.number ? count(column.value(row)) : column.value(row);
    const attributes = {class: column.number ? "number" : column.long ? "long" : null, "data-title": column.title};
    return place === 0 ? element("th", {...attributes, scope: "row"}, shown) : element("td", attributes, shown);
  }));
}

function head(column, sort, onSort) {
  const up = sort === column.name, down = sort === "-" + column.name;
  const attributes = {scope: "col", class: column.number ? "number" : null, title: column.help,
    "aria-sort": up ? "ascending" : down ? "descending" : null};
  if (!onSort) return element("th", attributes, column.title);
  // Numbers are sorted from large to small first, names from A to Z.
  const next = column.number ? (down ? column.name : "-" + column.name) : (up ? "-" + column.name : column.name);
  return element("th", attributes, element("button", {type: "button", class: "quiet",
    "data-sort": column.name, onclick: () => onSort(next)},
  column.title, element("span", {"aria-hidden": "true", class: "arrow"}, up ? " ▲" : down ? " ▼" : "")));
}

function sortedRows(rows, columns, sort) {
  const column = sort && columns.find((one) => one.name === sort.replace(/^-/, ""));
  if (!column) return rows;
  const sign = sort.startsWith("-") ? -1 : 1;
  return [...rows].sort((a, b) => {
    const left = column.value(a), right = column.value(b);
    return sign * (typeof left === "number" ? left - right : String(left).localeCompare(String(right)));
  });
}

// A share with a bar behind it. The number says it all; the bar is for the eye.
function shareCell(share, group) {
  const bar = element("span", {class: "bar group-" + (group || "links"), "aria-hidden": "true"});
  bar.style.width = Math.min(100, share * 100) + "%";
  return element("span", {class: "share"}, percent(share), element("span", {class: "track", "aria-hidden": "true"}, bar));
}

function categoryChip(category) {
  return element("span", {class: "chip group-" + groupOf(category)}, category);
}

function flagChip(flag) {
  return element("a", {class: "flag", href: address("documents", {flag})}, flag);
}
