"use strict";
// Light or dark: what the reader has chosen on this machine, else what the system says.

const DARK = window.matchMedia("(prefers-color-scheme: dark)");
const THEME_KEY = "cleaner-theme";

// A page that is opened from a file may have no storage; then the choice lasts as long as the page.
let themeOfPage = null;

function chosenTheme() {
  try {
    return themeOfPage || localStorage.getItem(THEME_KEY);
  } catch {
    return themeOfPage;
  }
}

// Give the page its theme, also when the system changes its mind, and a button that switches it.
// `after` is called after each change, for what is drawn in the theme's colours.
function themeButton(after = () => {}) {
  const button = element("button", {class: "quiet", type: "button", id: "theme"});
  const set = (theme) => {
    const other = theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    fill(button, element("span", {"aria-hidden": "true"}, theme === "dark" ? "\u2600" : "\u263e"),
      element("span", {class: "out-of-sight"}, "Switch to " + other));
    button.title = "Switch to " + other;
    button.onclick = () => {
      themeOfPage = other;
      try {
        localStorage.setItem(THEME_KEY, other);
      } catch { /* it lasts as long as the page */ }
      set(other);
    };
    after();
  };
  const apply = () => set(chosenTheme() || (DARK.matches ? "dark" : "light"));
  DARK.addEventListener("change", apply);
  // Paper is white.
  window.addEventListener("beforeprint", () => set("light"));
  window.addEventListener("afterprint", apply);
  apply();
  return button;
}
