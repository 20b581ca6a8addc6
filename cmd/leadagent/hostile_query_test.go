package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
)

// TestHostileQueries asks the members' API what it cannot answer.
func TestHostileQueries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	lead := w.submit(aLead(1), "")
	var run string
	w.query(`SELECT id FROM workflows WHERE lead_id = $1`, []any{lead}, &run)
	token, err := w.box.Clerk.Token(clerk.AcmeAdminID, clerk.AcmeID, nil)
	require.NoError(t, err)
	ask := func(method, path, body string) sent {
		return w.send(w.request(method, path, body, "Authorization", "Bearer "+token, "Content-Type", "application/json"))
	}
	for _, list := range []string{"/api/leads", "/api/workflows"} {
		for _, query := range []string{
			"limit=0", "limit=101", "limit=-1", "limit=1e3", "limit=99999999999999999999", "limit=", "cursor=x", "cursor=%00", "cursor=%ff", "cursor=eyJhIjoxfQ",
			"cursor=" + strings.Repeat("A", 4000), "status=nope", "status=pending&status=held", "created_after=yesterday", "created_after=0000-01-01T00:00:00Z",
			"created_before=9999-99-99T00:00:00Z", "created_after=99999-01-01T00:00:00Z", "assigned_to=%00", "nope=1", "%00=1", "%ff=1", "%zz", "a;b",
		} {
			t.Run(list+"?"+query[:min(len(query), 40)], func(t *testing.T) {
				answer := ask(http.MethodGet, list+"?"+query, "")
				if query == "limit=" { // as if it was left out
					require.Equal(t, http.StatusOK, answer.status, answer.body)
					return
				}
				requireProblem(t, answer, http.StatusUnprocessableEntity)
			})
		}
	}
	for _, path := range []string{"/api/leads?q=%00", "/api/leads?q=%ff", "/api/leads?q=" + strings.Repeat("x", 301), "/api/leads?category=NOPE", "/api/workflows?lead_id=1", "/api/workflows?status=%27"} {
		t.Run(path[:min(len(path), 40)], func(t *testing.T) {
			requireProblem(t, ask(http.MethodGet, path, ""), http.StatusUnprocessableEntity)
		})
	}
	for _, q := range []string{"%25", "_", "%5C", "'%3B--", "%22", "a%20%26%20b", "%28", "%F0%9F%98%80", "%2A%3A"} {
		require.Equal(t, http.StatusOK, ask(http.MethodGet, "/api/leads?q="+q, "").status, q)
		answer := w.send(w.request(http.MethodGet, "/leads?q="+q+"&cursor="+q+"&status="+q, "", "Cookie", cookies(w.signIn(clerk.AcmeAdminID))))
		require.Equal(t, http.StatusOK, answer.status, q)
	}
	for _, id := range []string{"1", "%00", "%ff", "%27", "null", strings.Repeat("0", 36), "0x" + run, run + "%20", strings.ToUpper(run) + "x", strings.Repeat("a", 3000)} {
		t.Run("id "+id[:min(len(id), 40)], func(t *testing.T) {
			requireProblem(t, ask(http.MethodGet, "/api/leads/"+id, ""), http.StatusNotFound)
			requireProblem(t, ask(http.MethodGet, "/api/workflows/"+id, ""), http.StatusNotFound)
			requireProblem(t, ask(http.MethodPost, "/api/workflows/"+id+"/approve", `{"draft_version":1}`), http.StatusNotFound)
		})
	}
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/approve", `{}`, 422}, {"POST", "/approve", ``, 400}, {"POST", "/approve", `{"draft_version":"1"}`, 422}, {"POST", "/approve", `{"draft_version":1.5}`, 422},
		{"POST", "/approve", `{"draft_version":-1}`, 422}, {"POST", "/approve", `{"draft_version":1e400}`, 422}, {"POST", "/approve", `{"draft_version":99999999999999999999}`, 422},
		{"POST", "/approve", `{"draft_version":null}`, 422}, {"POST", "/approve", `{"draft_version":1,"draft_version":2}`, 400}, {"POST", "/approve", `{"draft_version":1,"org_id":"org_globex"}`, 422},
		{"POST", "/approve", `{"draft_version":2147483648}`, 409}, {"POST", "/approve", `{"draft_version":1}`, 409},
		{"POST", "/reject", `{"draft_version":1}`, 409}, {"POST", "/reject", `{"draft_version":1,"reason":[]}`, 422},
		{"POST", "/cancel", `[]`, 400}, {"POST", "/cancel", `{"a":1}`, 422}, {"POST", "/retry", `x`, 400}, {"POST", "/retry", ``, 409},
		{"PATCH", "", ``, 400}, {"PATCH", "", `{}`, 422}, {"PATCH", "", `{"draft_version":1,"status":"completed"}`, 422}, {"PATCH", "", `{"draft_version":1,"email_draft":5}`, 422},
	} {
		t.Run(c.method+" "+c.path+" "+c.body, func(t *testing.T) {
			requireProblem(t, ask(c.method, "/api/workflows/"+run+c.path, c.body), c.status)
		})
	}
	require.Equal(t, "queued", w.state(lead), "nothing of that had an effect")
}

// TestForeignSites sends what a browser sends on behalf of another site, and addresses that would lead a person elsewhere.
func TestForeignSites(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	w.exec(`UPDATE forms SET allowed_origins = '{https://www.acme.example}' WHERE key = 'acme-demo'`)
	for _, origin := range []string{"https://evil.example", "null", "https://www.acme.example.evil.example", "http://www.acme.example", "https://www.acme.example:8443", "https://WWW.ACME.EXAMPLE", "*"} {
		t.Run("a submission from "+origin, func(t *testing.T) {
			w, untouched := w.watched(t)
			answer := w.postJSON(sentJSON(1), "Origin", origin)
			requireProblem(t, answer, http.StatusForbidden)
			require.Empty(t, answer.header.Get("Access-Control-Allow-Origin"))
			untouched()
		})
	}
	t.Run("a submission from a site of the form's", func(t *testing.T) {
		w := w.with(t)
		answer := w.postJSON(sentJSON(1), "Origin", "https://www.acme.example")
		answered(t, answer)
		require.Equal(t, "https://www.acme.example", answer.header.Get("Access-Control-Allow-Origin"))
		require.Empty(t, answer.header.Get("Access-Control-Allow-Credentials"))
		requireProblem(t, w.postJSON(sentJSON(2, "form", "globex-demo"), "Origin", "https://www.acme.example"), http.StatusForbidden)
	})
	t.Run("a submission by a member's cookie", func(t *testing.T) {
		w, untouched := w.watched(t)
		formless := strings.Replace(sentJSON(3), `"form":"acme-demo",`, "", 1)
		cookie := cookies(w.signIn(clerk.AcmeAdminID))
		requireProblem(t, w.postJSON(formless, "Cookie", cookie), http.StatusForbidden)
		requireProblem(t, w.postJSON(formless, "Cookie", cookie, "Origin", "https://evil.example"), http.StatusNotFound)
		requireProblem(t, w.postJSON(formless, "Cookie", "__session=x"), http.StatusUnauthorized)
		untouched()
	})
	t.Run("a submission to a form, with a member's cookie", func(t *testing.T) {
		w := w.with(t)
		id := answered(t, w.postJSON(sentJSON(4), "Cookie", cookies(w.signIn(clerk.AcmeAdminID))))
		require.Equal(t, 1, w.count(`SELECT count(*) FROM leads WHERE id = $1 AND user_id IS NULL`, id), "the public form is cookieless")
	})
	for _, next := range []string{"//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/%09/evil.example", "javascript:alert(1)", "/\t/evil.example", "///evil.example"} {
		t.Run("signing in on the way to "+next, func(t *testing.T) {
			w := w.with(t)
			page := w.send(w.request(http.MethodGet, "/sign-in?next="+url.QueryEscape(next), ""))
			requirePage(t, page, http.StatusOK)
			require.False(t, strings.Contains(page.body, url.QueryEscape("/evil.example")) && !strings.Contains(page.body, url.QueryEscape(w.base+"/%09/evil.example")), "it leads back to us alone")
			require.NotContains(t, page.body, "javascript")
		})
	}
	for _, path := range []string{"/f/acme-demo/thanks?ref=%3Cscript%3Ealert(1)%3C/script%3E", "/f/acme-demo?embed=1&origin=https://evil.example", "/f/acme-demo?utm_source=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&referrer=javascript:alert(1)"} {
		t.Run(path, func(t *testing.T) {
			page := w.with(t).send(w.with(t).request(http.MethodGet, path, ""))
			requirePage(t, page, http.StatusOK)
			require.NotContains(t, page.body, "<script>alert")
			require.NotContains(t, page.body, "evil.example")
			require.NotContains(t, page.header.Get("Content-Security-Policy"), "evil")
		})
	}
}
