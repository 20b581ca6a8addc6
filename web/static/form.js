// The hosted form: a live character count, words while it is being sent, and the height of the
// frame it may stand in. The form works without any of it.
(() => {
  "use strict";
  const find = (selector) => document.querySelector(selector);
  const plural = (n, unit) => `${n} ${unit}${n === 1 ? "" : "s"}`;

  // Counts as the server does: characters, not UTF-16 units, without the space around them.
  const length = (text) => [...text.trim()].length;
  const countWords = (n, min, max) => {
    if (n > max) return `${plural(n - max, "character")} too many`;
    if (n < min) return `${plural(min - n, "character")} to go`;
    return `${plural(max - n, "character")} left`;
  };
  let speaking;
  const count = () => {
    const field = find("textarea[data-count-max]");
    const label = find("[data-count]");
    if (!field || !label) return;
    const [min, max] = [Number(field.dataset.countMin), Number(field.dataset.countMax)];
    const n = length(field.value);
    const words = n === 0 ? "" : countWords(n, min, max);
    label.textContent = words;
    label.classList.toggle("over", n > max);
    clearTimeout(speaking);
    if (n > 0 && (n > max - 50 || n < min)) {
      speaking = setTimeout(() => {
        find("#message-count-said").textContent = words;
      }, 1200);
    }
  };
  document.addEventListener("input", count);

  // Sending ---------------------------------------------------------------------------------------

  const status = (words) => {
    const line = find("#form-status");
    if (line) line.textContent = words;
  };
  const busy = (is) => {
    const button = find("form[data-contact] button[type=submit]");
    if (!button) return;
    button.setAttribute("aria-busy", String(is));
    button.textContent = is ? "Sending …" : "Send message";
  };
  document.addEventListener("htmx:beforeRequest", () => {
    status("");
    busy(true);
  });
  document.addEventListener("htmx:afterRequest", () => busy(false));
  const lost = () =>
    status("We could not reach the server. What you typed is still here: press “Send message” again.");
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
  document.addEventListener("htmx:responseError", lost);
  document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
    if (event.detail.xhr?.status >= 400) {
      event.detail.history.type = "replace";
      event.detail.history.path = location.pathname + location.search;
    }
  });

  // The page around a frame -------------------------------------------------------------------------

  const parentOrigin = document.body.dataset.parentOrigin;
  const tell = (message) => {
    if (parentOrigin && window.parent !== window) {
      window.parent.postMessage({ source: "leadagent", ...message }, parentOrigin);
    }
  };
  const announce = () => {
    const done = find("[data-submitted]");
    if (done) tell({ type: "submitted", reference: done.dataset.submitted });
  };
  document.addEventListener("htmx:afterSettle", () => {
    count();
    announce();
    (find("#problem") ?? find("#page"))?.focus();
  });
  count();
  announce();
  if (parentOrigin) {
    tell({ type: "loaded" });
    new ResizeObserver(() => {
      tell({ type: "height", height: Math.ceil(document.body.scrollHeight) });
    }).observe(document.body);
  }
})();
