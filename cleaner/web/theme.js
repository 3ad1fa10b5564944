"use strict";
// Light or dark: what the reader has chosen on this machine, else what the system says.

const DARK = window.matchMedia("(prefers-color-scheme: dark)");
const THEME_KEY = "cleaner-theme";

// Pages from a file may have no storage; then the choice lasts as long as the page.
let themeOfPage = null;

function chosenTheme() {
  try {
    return localStorage.getItem(THEME_KEY) || themeOfPage;
  } catch {
    return themeOfPage;
  }
}

function applyTheme() {
  document.documentElement.dataset.theme = chosenTheme() || (DARK.matches ? "dark" : "light");
}

function switchTheme() {
  themeOfPage = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(THEME_KEY, themeOfPage);
  } catch { /* it lasts as long as the page */ }
  applyTheme();
}

function themeButton() {
  return element("button", {
    class: "quiet", type: "button", "aria-label": "Light or dark", title: "Light or dark", onclick: switchTheme,
  }, "\u25d0");
}

DARK.addEventListener("change", applyTheme);
applyTheme();
