// Keeps the session token fresh. The identity provider's tokens live for a minute; its frontend
// API gives a new one to a browser that is signed in there. The page names the API and the session
// in meta tags.
(() => {
  "use strict";
  const find = (selector) => document.querySelector(selector);
  const meta = (name) => find(`meta[name="${name}"]`)?.content ?? "";
  const api = meta("identity-frontend-api");
  const everyMs = 50000;
  let session = meta("identity-session");
  let fresh = 0;
  let pending;

  // Development instances know the browser by a token of their own, in a cookie.
  const address = (path) => {
    const url = new URL(api + path);
    const browser = document.cookie.match(/(?:^|; )__clerk_db_jwt=([^;]*)/)?.[1];
    if (browser) url.searchParams.set("__clerk_db_jwt", browser);
    return url;
  };
  const call = async (method, path, fields) => {
    const answer = await fetch(address(path), {
      method,
      credentials: "include",
      body: fields ? new URLSearchParams(fields) : undefined,
    });
    if (!answer.ok) throw new Error(`identity provider answered ${answer.status}`);
    return answer.json();
  };
  const sessionID = async () => {
    if (!session) {
      const client = await call("GET", "/v1/client");
      session = client.response?.last_active_session_id ?? "";
    }
    if (!session) throw new Error("no session");
    return session;
  };
  const keep = (token) => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `__session=${token}; Path=/; SameSite=Lax${secure}`;
    fresh = Date.now();
  };
  const fetchToken = async () => {
    const id = encodeURIComponent(await sessionID());
    const answer = await call("POST", `/v1/client/sessions/${id}/tokens`);
    if (!answer.jwt) throw new Error("no token");
    keep(answer.jwt);
  };
  const refresh = () => {
    pending ??= fetchToken().finally(() => {
      pending = undefined;
    });
    return pending;
  };

  // A page that was asked for with an old token: renew it and load the page once more. --------------

  const fail = () => {
    const page = find("[data-identity-refresh]");
    if (!page) return;
    document.documentElement.classList.remove("js");
    find("[data-refresh-failed] h1")?.focus();
  };
  const once = () => {
    const key = "identity-refreshed";
    const last = Number(sessionStorage.getItem(key) ?? 0);
    sessionStorage.setItem(key, String(Date.now()));
    return Date.now() - last > 10000;
  };
  const renew = async () => {
    try {
      if (!api || !once()) throw new Error("renewed a moment ago");
      await refresh();
      location.replace(location.href);
    } catch {
      fail();
    }
  };

  // The organization page: the provider must know the choice before a token can carry it. -----------

  const choose = async (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!form.matches?.("[data-organizations]") || !button || !api) return;
    event.preventDefault();
    const status = find("[data-organizations-status]");
    try {
      if (status) status.textContent = "Switching …";
      const id = encodeURIComponent(await sessionID());
      await call("POST", `/v1/client/sessions/${id}/touch`, { active_organization_id: button.value });
      await refresh();
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = button.name;
      field.value = button.value;
      form.append(field);
      form.submit();
    } catch {
      if (status) status.textContent = "That did not work. Try again in a moment.";
    }
  };

  // Requests of the page: on 401 renew, then repeat once. ---------------------------------------------

  const marker = "X-Identity-Renewed";
  const repeat = async (event) => {
    const { xhr, elt, requestConfig } = event.detail;
    if (xhr.status !== 401 || requestConfig.headers[marker]) return;
    event.stopImmediatePropagation();
    try {
      await refresh();
    } catch {
      requestConfig.headers[marker] = "failed";
      window.htmx.trigger(elt, "htmx:responseError", event.detail);
      return;
    }
    window.htmx.ajax(requestConfig.verb, requestConfig.path, {
      source: elt,
      headers: { [marker]: "1" },
      values: Object.fromEntries(requestConfig.formData.entries()),
    });
  };

  if (find("[data-identity-refresh]")) {
    renew();
    return;
  }
  if (!api) return;
  document.addEventListener("submit", choose);
  document.addEventListener("htmx:responseError", repeat);
  const keepFresh = () => {
    if (!document.hidden && Date.now() - fresh > everyMs - 5000) refresh().catch(() => {});
  };
  fresh = Date.now();
  setInterval(keepFresh, everyMs);
  document.addEventListener("visibilitychange", keepFresh);
})();
