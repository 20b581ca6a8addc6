// A member's pages: times that stay current, keyboard shortcuts, messages, live timeline. Everything
// here is comfort; the pages work without it.
(() => {
  "use strict";
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Times -----------------------------------------------------------------------------------------

  const plural = (n, unit) => `${n} ${unit}${n === 1 ? "" : "s"}`;
  const span = (ms) => {
    const minutes = Math.floor(ms / 60000);
    if (minutes < 1) return "less than a minute";
    if (minutes < 60) return plural(minutes, "minute");
    if (minutes < 1440) return plural(Math.floor(minutes / 60), "hour");
    return plural(Math.floor(minutes / 1440), "day");
  };
  const relative = (ms) => {
    if (Math.abs(ms) < 60000) return ms > 0 ? "in a moment" : "just now";
    return ms > 0 ? `in ${span(ms)}` : `${span(-ms)} ago`;
  };
  const tick = () => {
    for (const time of all("time[data-relative]")) {
      const words = relative(Date.parse(time.dateTime) - Date.now());
      if (time.textContent !== words) time.textContent = words;
    }
    for (const time of all("time[data-due]")) {
      const left = Date.parse(time.dateTime) - Date.now();
      time.textContent = left > 0 ? `Due in ${span(left)}` : `Overdue by ${span(-left)}`;
      time.classList.toggle("soon", left > 0 && left < 3600000);
      time.classList.toggle("late", left <= 0);
    }
  };
  setInterval(tick, 20000);

  // Messages --------------------------------------------------------------------------------------

  const hideLater = (toast) => {
    const stay = toast.querySelector("form") ? 20000 : 7000;
    let timer = setTimeout(() => toast.remove(), stay);
    const hold = () => clearTimeout(timer);
    const release = () => {
      clearTimeout(timer);
      timer = setTimeout(() => toast.remove(), stay);
    };
    toast.addEventListener("pointerenter", hold);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("pointerleave", release);
    toast.addEventListener("focusout", release);
  };
  const settleToasts = () => {
    for (const toast of all("[data-toast]:not([data-timed])")) {
      toast.dataset.timed = "";
      hideLater(toast);
    }
  };
  const say = (words, tone = "tone-danger") => {
    const toast = document.createElement("div");
    toast.className = `toast-item ${tone}`;
    toast.dataset.toast = "";
    toast.textContent = words;
    find("#toasts")?.replaceChildren(toast);
    settleToasts();
  };
  document.addEventListener("click", (event) => {
    event.target.closest?.("[data-dismiss]")?.closest("[data-toast]").remove();
  });
  const refusals = {
    401: "Your session has ended. Sign in again in another tab; this page keeps what you typed.",
    403: "You may not do this, or the page is too old. Reload it and try again.",
    404: "That no longer exists.",
    413: "That is too large.",
    429: "Too many requests. Try again in a moment.",
  };
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.requestConfig?.verb === "get" && event.detail.elt?.matches("#review-list, #timeline")) return;
    say(refusals[event.detail.xhr.status] ?? "The server could not do this. Try again in a moment.");
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (event.detail.elt?.matches("#review-list, #timeline, #lead")) return;
    say("The server cannot be reached. This page keeps what you typed.");
  });

  // Forms -----------------------------------------------------------------------------------------

  // A submit button may stand outside its form and name another address.
  document.addEventListener("htmx:configRequest", (event) => {
    const address = event.detail.triggeringEvent?.submitter?.getAttribute("formaction");
    if (address) event.detail.path = address;
  });
  // A refused action leaves the address bar alone.
  document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
    if (event.detail.xhr?.status >= 400) {
      event.detail.history.type = "replace";
      event.detail.history.path = location.pathname + location.search;
    }
  });
  document.addEventListener(
    "submit",
    (event) => {
      const question = event.target.dataset?.confirm;
      if (question && !window.confirm(question)) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  const fields = (form) => all("input[name]:not([type=hidden]), textarea", form);
  const dirty = () =>
    all("form[data-draft]").some((form) => fields(form).some((field) => field.value !== field.defaultValue));
  let leaving = false;
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (!form) return;
    const hint = find("[data-dirty-hint]", form);
    if (hint) hint.hidden = !dirty();
  });
  document.addEventListener("submit", () => {
    leaving = true;
    setTimeout(() => {
      leaving = false;
    }, 1000);
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && dirty()) event.preventDefault();
  });
  document.addEventListener("htmx:confirm", (event) => {
    const reading = event.detail.verb === "get" && event.detail.elt.matches("[data-review-item]");
    if (!reading || !dirty()) return;
    event.preventDefault();
    if (window.confirm("Leave this draft? What you typed is not saved.")) event.detail.issueRequest(true);
  });

  const reject = (open) => {
    const form = find("#reject");
    if (!form) return;
    form.classList.toggle("closed", !open);
    find("[data-reject]")?.setAttribute("aria-expanded", String(open));
    if (open) {
      form.scrollIntoView({ block: "nearest" });
      find("select", form)?.focus();
    } else {
      find("[data-reject]")?.focus();
    }
  };
  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-reject], [data-reject-close], [data-shortcuts], [data-copy]");
    if (target?.matches("[data-reject]")) {
      event.preventDefault();
      reject(find("#reject")?.classList.contains("closed"));
    } else if (target?.matches("[data-reject-close]")) {
      reject(false);
    } else if (target?.matches("[data-shortcuts]")) {
      find("#shortcuts")?.showModal();
    } else if (target) {
      copy(target);
    }
    for (const menu of all("details.menu-pop[open]")) {
      if (!menu.contains(event.target) || target?.matches("[data-shortcuts]")) menu.open = false;
    }
  });
  const copy = async (button) => {
    const words = button.textContent;
    try {
      await navigator.clipboard.writeText(find(`#${button.dataset.copy}`).textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(find(`#${button.dataset.copy}`));
      button.textContent = "Selected";
    }
    setTimeout(() => {
      button.textContent = words;
    }, 2000);
  };

  // After a swap: the focus goes to what is new, and times are current. -----------------------------

  document.addEventListener("htmx:afterSettle", (event) => {
    settleToasts();
    tick();
    const target = event.detail.target;
    const lost = !document.activeElement || document.activeElement === document.body;
    if (lost && target?.id === "content" && event.detail.requestConfig?.verb !== "get") {
      (find("#problem") ?? find("#content"))?.focus({ preventScroll: !find("#problem") });
      if (!find("#problem")) scrollTo(0, 0);
    }
  });

  // Keyboard ----------------------------------------------------------------------------------------

  let armed = 0;
  const approve = () => {
    const button = find("[data-approve]");
    const hint = find("#arm-hint");
    if (!button) return;
    if (Date.now() - armed < 5000) {
      armed = 0;
      button.click();
      return;
    }
    armed = Date.now();
    button.classList.add("armed");
    button.focus({ preventScroll: true });
    if (hint) hint.textContent = "Press a again, or Enter, to send this email.";
    setTimeout(() => {
      button.classList.remove("armed");
      if (hint) hint.textContent = "";
    }, 5000);
  };
  const move = (by) => {
    const items = all("[data-review-item]");
    if (items.length === 0) return;
    const now = items.findIndex((item) => item.getAttribute("aria-current") === "true");
    const next = items[Math.min(Math.max(now + by, 0), items.length - 1)];
    next.focus();
    next.click();
  };
  const places = { r: "/review", l: "/leads", o: "/dashboard" };
  let going = 0;
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    a: approve,
    e: () => find("[data-draft-body]")?.focus(),
    r: () => reject(true),
    o: () => find("[data-open]")?.click(),
    "/": () => find("[data-search]")?.focus(),
    "?": () => find("#shortcuts")?.showModal(),
    g: () => {
      going = Date.now();
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return escape(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
    const place = Date.now() - going < 1500 ? places[event.key] : undefined;
    const act = place ? () => location.assign(place) : keys[event.key];
    going = 0;
    if (!act) return;
    event.preventDefault();
    act();
  });
  const escape = (event) => {
    for (const menu of all("details.menu-pop[open]")) {
      menu.open = false;
      find("summary", menu).focus();
    }
    if (event.target.matches?.("input, textarea, select")) event.target.blur();
  };

  // Live timeline -------------------------------------------------------------------------------------

  // A stream is closed while its tab is hidden, as a browser opens only six to a server.
  class PausingStream {
    constructor(url) {
      this.url = url;
      this.listeners = [];
      this.ended = false;
      this.watch = () => (document.hidden ? this.pause() : this.open());
      document.addEventListener("visibilitychange", this.watch);
      if (!document.hidden) this.open();
    }
    get readyState() {
      return this.source ? this.source.readyState : EventSource.CONNECTING;
    }
    open() {
      if (this.ended || this.source) return;
      this.source = new EventSource(this.url, { withCredentials: true });
      this.source.onopen = (event) => this.onopen?.(event);
      this.source.onerror = (event) => this.onerror?.(event);
      for (const [name, listener] of this.listeners) this.source.addEventListener(name, listener);
    }
    pause() {
      this.source?.close();
      this.source = undefined;
    }
    close() {
      this.ended = true;
      document.removeEventListener("visibilitychange", this.watch);
      this.source?.close();
    }
    addEventListener(name, listener) {
      this.listeners.push([name, listener]);
      this.source?.addEventListener(name, listener);
    }
    removeEventListener(name, listener) {
      this.listeners = this.listeners.filter(([n, l]) => n !== name || l !== listener);
      this.source?.removeEventListener(name, listener);
    }
  }
  if (window.htmx) window.htmx.createEventSource = (url) => new PausingStream(url);

  let polling;
  const live = (words) => {
    const label = find("[data-live-words]");
    if (label) label.textContent = words;
  };
  const poll = () => {
    const timeline = find("#timeline[data-live]");
    if (!timeline) return stopPolling();
    if (!document.hidden) window.htmx.trigger(timeline, "poll");
  };
  const stopPolling = () => {
    clearInterval(polling);
    polling = undefined;
  };
  document.addEventListener("htmx:sseError", () => {
    live("Every 5 s");
    polling ??= setInterval(poll, 5000);
  });
  document.addEventListener("htmx:sseOpen", () => {
    live("Live");
    stopPolling();
  });

  // The rest of the lead's page follows when the run has moved on, unless somebody is typing.
  const follow = () => {
    const lead = find("#lead");
    const state = find("#timeline [data-state]")?.dataset.state;
    if (!lead || !state || lead.dataset.leadState === state || dirty()) return;
    lead.dataset.leadState = state;
    window.htmx.trigger(lead, "stale");
  };
  const ended = (event) => {
    stopPolling();
    if (event.detail.type === "message") {
      live("Up to date");
      if (!dirty()) window.htmx.trigger(find("#lead"), "stale");
    }
  };
  document.addEventListener("htmx:sseMessage", () => {
    tick();
    follow();
  });
  document.addEventListener("htmx:sseClose", ended);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "timeline") follow();
  });

  settleToasts();
})();
