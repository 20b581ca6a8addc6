// The theme, before the first paint: system unless the person chose light or dark.
(() => {
  "use strict";
  const root = document.documentElement;
  const key = "theme";
  root.classList.add("js");

  const stored = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const label of document.querySelectorAll("[data-theme-label]")) {
      label.textContent = `Theme: ${theme ?? "system"}`;
    }
  };
  const next = { light: "dark", dark: null };

  apply(stored());
  document.addEventListener("DOMContentLoaded", () => apply(stored()));
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    const now = stored();
    const theme = now === null ? "light" : next[now];
    try {
      if (theme) localStorage.setItem(key, theme);
      else localStorage.removeItem(key);
    } catch {
      // Storage is switched off; the choice lasts for this page.
    }
    apply(theme);
  });
})();
