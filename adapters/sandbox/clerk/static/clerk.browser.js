// The sandbox's stand-in for ClerkJS: window.Clerk with the part of its interface that the program's pages use. It gets tokens from
// the Frontend API that this file came from and keeps __session and __client_uat on the page's own host, as ClerkJS does.
(function () {
  "use strict";
  var base = document.currentScript.src.split("/npm/")[0];
  var listeners = [];
  var state = { client: null, session: null, token: null };

  function call(method, path, form) {
    var options = { method: method, credentials: "include" };
    if (form) options.body = new URLSearchParams(form);
    return fetch(base + "/v1" + path, options).then(function (answer) {
      return answer.json().then(function (body) {
        if (!answer.ok) throw Object.assign(new Error((body.errors && body.errors[0].code) || answer.status), { status: answer.status, errors: body.errors });
        return body;
      });
    });
  }

  function cookie(name, value, seconds) {
    var secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = name + "=" + value + "; Path=/; SameSite=Lax; Max-Age=" + seconds + secure;
  }

  function expiry(jwt) {
    return JSON.parse(atob(jwt.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).exp * 1000;
  }

  function keep(jwt) {
    state.token = jwt;
    cookie("__session", jwt, 604800);
    return jwt;
  }

  function getToken(options) {
    if (!state.session) return Promise.resolve(null);
    if (state.token && !(options && options.skipCache) && expiry(state.token) - Date.now() > 10000) return Promise.resolve(state.token);
    return call("POST", "/client/sessions/" + state.session.id + "/tokens", { organization_id: state.session.last_active_organization_id || "" })
      .then(function (answer) { return keep(answer.jwt); })
      .catch(function (error) {
        if (error.status === 401 || error.status === 404) { take(null); return null; }
        throw error;
      });
  }

  function take(client) {
    var sessions = (client && client.sessions) || [];
    state.client = client;
    state.session = sessions.find(function (s) { return s.id === client.last_active_session_id; }) || null;
    if (state.session) {
      keep(state.session.last_active_token.jwt);
      cookie("__client_uat", Math.floor(client.updated_at / 1000), 31536000);
    } else {
      state.token = null;
      cookie("__session", "", 0);
      cookie("__client_uat", 0, 31536000);
    }
    show();
  }

  function show() {
    var s = state.session;
    var membership = s && s.user.organization_memberships.find(function (m) { return m.organization.id === s.last_active_organization_id; });
    Clerk.client = state.client;
    Clerk.user = s ? { id: s.user.id, firstName: s.user.first_name, lastName: s.user.last_name, fullName: s.user.first_name + " " + s.user.last_name,
      primaryEmailAddress: { emailAddress: s.user.email_addresses[0].email_address },
      organizationMemberships: s.user.organization_memberships.map(function (m) {
        return { role: m.role, organization: { id: m.organization.id, name: m.organization.name, slug: m.organization.slug } };
      }) } : null;
    Clerk.session = s ? { id: s.id, status: s.status, lastActiveOrganizationId: s.last_active_organization_id, getToken: getToken } : null;
    Clerk.organization = membership ? { id: membership.organization.id, name: membership.organization.name, slug: membership.organization.slug } : null;
    Clerk.isSignedIn = !!s;
    listeners.forEach(function (listen) { listen({ client: Clerk.client, session: Clerk.session, user: Clerk.user, organization: Clerk.organization }); });
  }

  function go(page, redirect) {
    location.assign(base + page + "?redirect_url=" + encodeURIComponent(new URL(redirect || location.href, location.href)));
  }

  function place(node, text, page, redirect) {
    var link = document.createElement("a");
    link.href = base + page + (page.indexOf("/organizations/") === 0 ? "" : "?redirect_url=" + encodeURIComponent(new URL(redirect || location.href, location.href)));
    link.textContent = text;
    node.replaceChildren(link);
  }

  var Clerk = window.Clerk = {
    version: "sandbox", loaded: false, client: null, session: null, user: null, organization: null, isSignedIn: false,
    load: function () {
      return call("GET", "/client").then(function (answer) { take(answer.response); Clerk.loaded = true; });
    },
    addListener: function (listen) {
      listeners.push(listen);
      return function () { listeners = listeners.filter(function (other) { return other !== listen; }); };
    },
    setActive: function (to) {
      if (!state.session || to.organization === undefined) return Promise.resolve();
      var id = to.organization && to.organization.id ? to.organization.id : to.organization;
      return call("POST", "/client/sessions/" + state.session.id + "/touch", { active_organization_id: id || "" }).then(function (answer) {
        take(answer.client);
        if (to.redirectUrl) location.assign(to.redirectUrl);
      });
    },
    signOut: function (options) {
      return call("POST", "/client?_method=DELETE", {}).then(function () {
        take(null);
        location.assign((options && options.redirectUrl) || "/");
      });
    },
    redirectToSignIn: function (options) { go("/sign-in", options && (options.redirectUrl || options.signInForceRedirectUrl)); },
    openSignIn: function (options) { go("/sign-in", options && (options.redirectUrl || options.forceRedirectUrl)); },
    mountSignIn: function (node, options) { place(node, "Sign in at the sandbox", "/sign-in", options && (options.forceRedirectUrl || options.fallbackRedirectUrl)); },
    mountUserButton: function (node) { place(node, "Sign out", "/sign-out"); },
    mountUserProfile: function (node) { place(node, "Change the person at the sandbox", "/sign-in"); },
    mountOrganizationSwitcher: function (node) { place(node, "Switch organization", "/switch"); },
    mountOrganizationProfile: function (node) {
      place(node, "Change members and roles at the sandbox", Clerk.organization ? "/organizations/" + Clerk.organization.id : "/switch");
    }
  };
  ["SignIn", "UserButton", "UserProfile", "OrganizationSwitcher", "OrganizationProfile"].forEach(function (name) {
    Clerk["unmount" + name] = function (node) { node.replaceChildren(); };
  });

  // A token lives for sixty seconds; the cookie is renewed before it runs out, as long as the page is looked at.
  setInterval(function () { if (!document.hidden && Clerk.session) getToken({ skipCache: true }).catch(function () {}); }, 45000);
  document.addEventListener("visibilitychange", function () { if (!document.hidden && Clerk.session) getToken().catch(function () {}); });
})();
