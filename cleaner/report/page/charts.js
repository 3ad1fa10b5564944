"use strict";
// Charts, drawn by Chart.js. Each comes with its numbers as a table, for those who cannot see it or want to copy it.

const drawn = new Map();  // canvas → how it is drawn, to draw it anew in other colours

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// A figure: `make()` gives the configuration for Chart.js, in the colours of the moment; `numbers` is a table.
function figure({title, note, height, make, numbers}) {
  const canvas = element("canvas", {role: "img", "aria-label": title + ". The numbers are in the table below."});
  const box = element("div", {class: "canvas"}, canvas);
  box.style.height = height + "px";
  drawn.set(canvas, make);
  return element("figure", {class: "card"},
    element("figcaption", null, element("h3", null, title), note && element("p", null, note)),
    box,
    element("details", null, element("summary", null, "The numbers"), numbers));
}

// Draw what has been put into the page. Charts measure the place that they have, so they must stand there first.
function drawCharts() {
  for (const [canvas, make] of drawn) {
    Chart.getChart(canvas)?.destroy();
    if (canvas.isConnected) new Chart(canvas, make());
    else drawn.delete(canvas);
  }
}

Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.plugins.legend.display = false;
Chart.defaults.font.family = css("--sans");

// A bar chart. `stacks`: [{label, group, values}], one above or beside the other. `tick(index)` shortens a label;
// `onPick(index)` is told of a click.
function bars({labels, stacks, across, format = percent, tip, tick, onPick, title}) {
  const ink = css("--ink"), line = css("--line"), soft = css("--soft");
  const values = {beginAtZero: true, stacked: true, grid: {color: line}, border: {display: false},
    ticks: {color: soft, callback: format === percent ? shortPercent : format, maxTicksLimit: narrow() ? 4 : 6}};
  const names = {stacked: true, grid: {display: false}, border: {color: line},
    ticks: {color: ink, autoSkip: !across, maxRotation: 0, ...(tick && {autoSkip: false, callback: (_, place) => tick(place)})},
    title: {display: Boolean(title), text: title, color: soft}};
  return {
    type: "bar",
    data: {labels, datasets: stacks.map(({label, group, values: data}) => ({label, data, backgroundColor: paint(group),
      borderColor: css("--card"), borderWidth: stacks.length > 1 ? 1 : 0, borderSkipped: false, maxBarThickness: 26}))},
    options: {
      indexAxis: across ? "y" : "x",
      scales: across ? {x: values, y: names} : {x: names, y: values},
      onClick: onPick && ((event, found) => found.length && onPick(found[0].index)),
      onHover: onPick && ((event, found) => { event.native.target.style.cursor = found.length ? "pointer" : ""; }),
      interaction: {mode: "index", axis: across ? "y" : "x", intersect: false},
      plugins: {
        legend: {display: stacks.length > 1, position: "bottom", labels: {color: ink, boxWidth: 14, boxHeight: 14}},
        tooltip: {
          filter: (item) => Math.abs(item.raw) > 0,
          itemSort: (a, b) => b.raw - a.raw,
          callbacks: {
            label: (item) => (stacks.length > 1 ? item.dataset.label + ": " : "") + format(item.raw),
            footer: (items) => tip && items.length ? tip(items[0].dataIndex) : "",
          },
        },
      },
    },
  };
}

function shortPercent(share) {
  return Number((share * 100).toFixed(1)) + " %";
}

// The colour of a group with the kind of line that marks it in texts, as a pattern: solid, dots, stripes.
function paint(group) {
  const colour = css("--" + group) || group;
  const stroke = STROKES[group];
  if (!stroke) return colour;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const brush = tile.getContext("2d");
  brush.fillStyle = colour;
  brush.fillRect(0, 0, 8, 8);
  brush.strokeStyle = brush.fillStyle = css("--card");
  brush.globalAlpha = 0.55;
  stroke(brush);
  return brush.createPattern(tile, "repeat");
}

function lines(brush, ...ends) {
  brush.beginPath();
  for (const [x, y, toX, toY] of ends) {
    brush.moveTo(x, y);
    brush.lineTo(toX, toY);
  }
  brush.stroke();
}

const STROKES = {
  picture: (brush) => brush.fillRect(2, 2, 2, 2),
  appeal: (brush) => lines(brush, [0, 8, 8, 0], [-2, 2, 2, -2], [6, 10, 10, 6]),
  advertisement: (brush) => lines(brush, [0, 2, 8, 2], [0, 6, 8, 6]),
  readers: (brush) => lines(brush, [2, 0, 2, 8]),
  legal: (brush) => { brush.fillRect(0, 0, 2, 2); brush.fillRect(4, 4, 2, 2); },
  machine: (brush) => lines(brush, [0, 0, 8, 8], [-2, 6, 2, 10], [6, -2, 10, 2]),
  other: (brush) => lines(brush, [0, 4, 8, 4], [4, 0, 4, 8]),
};

// Parts of the run (languages, sites, lengths) as stacks, one for each group of categories that has something in them.
function stacksOf(parts) {
  const sums = parts.map((part) => byGroup(part.categories));
  return GROUPS.filter((group) => sums.some((each) => each[group] > 0)).map((group) => ({label: GROUP_NAMES[group], group,
    values: parts.map((part, place) => part.read ? sums[place][group] / part.read : 0)}));
}
