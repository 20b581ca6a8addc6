package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/fiberhttp"
	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/web"
)

// canary stands in every text of Globex, and so in no answer to anybody of Acme.
const canary = "canary-7f3b1c"

// ids are what a path can name.
type ids struct{ lead, run string }

// door is a route with what a request for it has to look like.
type door struct {
	fiberhttp.Route
	page bool // for browsers; else for programs
}

func (d door) String() string { return d.Method + " " + d.Path }

// doors are all routes that ask who one is, as the program itself lists them, so that a new one is tested without being named here.
func (w *world) doors() []door {
	w.t.Helper()
	server, err := w.parts(nil).web(local{})
	require.NoError(w.t, err)
	var list []door
	for _, r := range server.Routes() {
		switch string(r.Who) {
		case "members":
			list = append(list, door{r, true})
		case "members' programs":
			list = append(list, door{r, false})
		}
	}
	require.Greater(w.t, len(list), 20)
	return list
}

// names tells whether the path names something.
func (d door) names() bool { return strings.Contains(d.Path, ":") }

// at is the path with the ids in it.
func (d door) at(to ids) string {
	parts := strings.Split(d.Path, "/")
	for i, part := range parts {
		if !strings.HasPrefix(part, ":") {
			continue
		}
		if parts[i] = to.lead; part == ":run" || i > 0 && (parts[i-1] == "workflows" || parts[i-1] == "review") {
			parts[i] = to.run
		}
	}
	return strings.Join(parts, "/")
}

// mayEnter tells whether a role has any of the permissions that the door names.
func (d door) mayEnter(role tenancy.Role) bool {
	if d.Needs == "" {
		return true
	}
	for _, p := range role.Permissions() {
		if strings.Contains(d.Needs, string(p)) {
			return true
		}
	}
	return false
}

// form is an action's form that would be taken.
func (d door) form() url.Values {
	return url.Values{
		web.FieldDraftVersion: {"1"}, web.FieldReason: {"tone"}, web.FieldNote: {"n"}, web.FieldSettle: {web.SettleWent}, web.FieldFrom: {web.FromLead},
		web.FieldSubject: {"Hello"}, web.FieldBody: {"Hello there."},
	}
}

// json is an action's body that would be taken.
func (d door) json() string {
	switch {
	case strings.HasSuffix(d.Path, "/approve"):
		return `{"draft_version":1}`
	case strings.HasSuffix(d.Path, "/reject"):
		return `{"draft_version":1,"reason":"tone"}`
	case d.Method == http.MethodPatch && strings.Contains(d.Path, "workflows"):
		return `{"draft_version":1,"email_subject":"Hello","email_draft":"Hello there."}`
	case d.Method == http.MethodPatch:
		return `{"name":"Another Name"}`
	}
	return ""
}

// as asks at the door as the person.
func (w *world) as(p person, d door, path string) sent {
	w.t.Helper()
	if d.page {
		return w.send(w.browse(p, d.Method, path, d.form()))
	}
	return w.send(w.program(p, d.Method, path, d.json()))
}

// blind takes out of an answer what differs between any two: the request's id, the time, and the id that was asked for.
func blind(answer sent, to ids) string {
	var b strings.Builder
	fmt.Fprintln(&b, answer.status)
	id := answer.header.Get("X-Request-Id")
	for _, name := range []string{"X-Request-Id", "Date"} {
		answer.header.Del(name)
	}
	_ = answer.header.Write(&b) // a builder takes everything; the names are sorted
	b.WriteString(answer.body)
	return strings.NewReplacer(id, "REQUEST", to.lead, "ID", to.run, "ID").Replace(b.String())
}

// TestIsolationOverHTTP tries every door with the ids of another organization.
func TestIsolationOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	worker := w.start(nil, "work")
	own, foreign := w.reviewed("acme-demo", 1), w.reviewed("globex-demo", 2)
	worker.kill() // from here on nothing moves
	w.poison(clerk.GlobexID)
	unchanged := w.fingerprint()
	doors := w.doors()
	random := ids{lead: uuid.Must(uuid.NewV7()).String(), run: uuid.Must(uuid.NewV7()).String()}

	t.Run("their own people", func(t *testing.T) {
		w := w.with(t)
		globex, acme := w.enter(person{id: clerk.GlobexAdminID, role: tenancy.Admin}), w.enter(acmePeople()[1])
		for _, d := range doors {
			if d.Method != http.MethodGet || !d.names() {
				continue
			}
			require.Equal(t, http.StatusOK, w.as(acme, d, d.at(own)).status, "%s", d)
			theirs := w.as(globex, d, d.at(foreign))
			require.Equal(t, http.StatusOK, theirs.status, "%s: %s", d, theirs.body)
			if theirs.header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
				require.True(t, strings.Contains(theirs.body, canary), "the canary is where it should be: %s", d)
			}
		}
	})
	t.Run("a member and what is not assigned to them", func(t *testing.T) {
		w := w.with(t)
		p := w.enter(acmePeople()[2])
		for _, d := range doors {
			if d.names() {
				require.Equal(t, blind(w.as(p, d, d.at(random)), random), blind(w.as(p, d, d.at(own)), own), "%s", d)
			}
		}
	})
	t.Run("nobody", func(t *testing.T) {
		w := w.with(t)
		for _, d := range doors {
			for _, to := range []ids{own, foreign, random} {
				w.requireShut(d, to)
			}
		}
	})
	for _, p := range acmePeople() {
		t.Run(p.name, func(t *testing.T) {
			w := w.with(t)
			p = w.enter(p)
			for _, d := range doors {
				if d.Path == web.PathSignOut {
					continue // it ends the session here, and no other
				}
				w.requireWalled(p, d, foreign, random)
			}
			w.requireNothingFound(p, foreign, random)
		})
	}
	t.Run("forged requests of a browser", func(t *testing.T) {
		w := w.with(t)
		admin, manager := w.enter(acmePeople()[0]), w.enter(acmePeople()[1])
		for _, d := range doors {
			if d.Method != http.MethodGet {
				w.requireUnforgeable(admin, manager, d, own)
			}
		}
	})
	require.Equal(t, unchanged, w.fingerprint(), "nothing of all that changed anything")
}

// reviewed makes a lead whose draft waits for review.
func (w *world) reviewed(form string, n int) ids {
	w.t.Helper()
	lead := answered(w.t, w.postJSON(sentJSON(n, "form", form, "phone", "0123456789")))
	w.awaitState(lead, "awaiting_review", 30*time.Second)
	to := ids{lead: lead}
	w.query(`SELECT id FROM workflows WHERE lead_id = $1`, []any{lead}, &to.run)
	w.until(20*time.Second, "the card is posted", func() bool {
		return w.count(`SELECT count(*) FROM slack_cards WHERE workflow_id = $1 AND shown >= wanted AND lease_until IS NULL`, to.run) == 1
	})
	return to
}

// poison writes the canary into every text of an organization that the schema lets one write it into.
func (w *world) poison(org string) {
	w.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, w.db.SuperuserURL)
	require.NoError(w.t, err)
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, `SELECT quote_ident(c.table_name), quote_ident(c.column_name) FROM information_schema.columns c
		WHERE c.table_schema = 'public' AND c.data_type = 'text' AND c.column_name NOT LIKE '%id' AND c.column_name <> 'key'
		AND EXISTS (SELECT FROM information_schema.columns o WHERE o.table_schema = 'public' AND o.table_name = c.table_name AND o.column_name = 'org_id')`)
	require.NoError(w.t, err)
	type column struct{ Table, Name string }
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	require.NoError(w.t, err)
	written := 0
	for _, c := range columns {
		// A column with a fixed set of values refuses, which is fine.
		tag, err := conn.Exec(ctx, `UPDATE `+c.Table+` SET `+c.Name+` = `+c.Name+` || $1 WHERE org_id = $2`, " "+canary, org)
		if err == nil && tag.RowsAffected() > 0 {
			written++
		}
	}
	require.Greater(w.t, written, 30, "of %d columns", len(columns))
	for _, must := range []string{"leads", "drafts", "organizations", "members", "forms"} {
		require.NotZero(w.t, w.count(`SELECT count(*) FROM `+must+` t WHERE to_jsonb(t)::text LIKE '%`+canary+`%'`), must)
	}
}

// fingerprint is the same as long as no lead, run, draft or decision has changed.
func (w *world) fingerprint() string {
	w.t.Helper()
	var sum string
	w.query(`SELECT md5(concat((SELECT string_agg(t::text, ',' ORDER BY id) FROM leads t), (SELECT string_agg(t::text, ',' ORDER BY id) FROM workflows t),
		(SELECT string_agg(t::text, ',' ORDER BY workflow_id, version) FROM drafts t), (SELECT count(*) FROM decisions), (SELECT count(*) FROM emails),
		(SELECT string_agg(t::text, ',' ORDER BY org_id) FROM organizations t), (SELECT string_agg(t::text, ',' ORDER BY id) FROM forms t)))`, nil, &sum)
	return sum
}

// requireShut wants the door to be shut for whoever has not signed in, whatever they show instead.
func (w *world) requireShut(d door, to ids) {
	w.t.Helper()
	for _, headers := range [][]string{
		nil, {"Cookie", "__session=x; __client_uat=0"}, {"Cookie", "__session="}, {"Authorization", "Bearer x"}, {"Authorization", "Bearer"}, {"Authorization", "Basic YTpi"},
	} {
		kind, body := "application/json", d.json()
		if d.page {
			kind, body = "application/x-www-form-urlencoded", d.form().Encode()
		}
		if d.Method == http.MethodGet {
			body = ""
		}
		answer := w.send(w.request(d.Method, d.at(to), body, append([]string{"Content-Type", kind}, headers...)...))
		requireSecured(w.t, answer)
		if !d.page {
			requireProblem(w.t, answer, http.StatusUnauthorized)
			continue
		}
		require.Equal(w.t, http.StatusSeeOther, answer.status, "%s: %s", d, answer.body)
		require.True(w.t, strings.HasPrefix(answer.header.Get("Location"), web.PathSignIn), "%s leads to %s", d, answer.header.Get("Location"))
	}
}

// requireWalled wants another organization's ids to be like random ones, a missing permission to be 403, and nothing of the other organization in what
// is answered.
func (w *world) requireWalled(p person, d door, foreign, random ids) {
	w.t.Helper()
	if !d.names() {
		answer := w.as(p, d, d.Path)
		w.requireOurs(d, answer)
		if !d.mayEnter(p.role) {
			require.Equal(w.t, http.StatusForbidden, answer.status, "%s: %s", d, answer.body)
			return
		}
		require.NotContains(w.t, []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, answer.status, "%s: %s", d, answer.body)
		require.Less(w.t, answer.status, 500, "%s: %s", d, answer.body)
		return
	}
	theirs, nobodys := w.as(p, d, d.at(foreign)), w.as(p, d, d.at(random))
	w.requireOurs(d, theirs)
	require.Equal(w.t, blind(nobodys, random), blind(theirs, foreign), "%s tells another organization's id from none", d)
	want := http.StatusNotFound
	if !d.mayEnter(p.role) {
		want = http.StatusForbidden
	}
	require.Equal(w.t, want, theirs.status, "%s: %s", d, theirs.body)
}

func (w *world) requireOurs(d door, answer sent) {
	w.t.Helper()
	requireSecured(w.t, answer)
	require.False(w.t, strings.Contains(answer.body, canary), "%s leaks", d)
	for name, values := range answer.header {
		require.NotContains(w.t, strings.Join(values, " "), canary, "%s leaks in %s", d, name)
	}
}

// requireNothingFound looks for the other organization's rows by every filter, and as parameters beside one's own session.
func (w *world) requireNothingFound(p person, foreign, random ids) {
	w.t.Helper()
	list := door{Route: fiberhttp.Route{Method: http.MethodGet}}
	same := func(path string, queryOf func(to ids) string) {
		theirs, nobodys := w.as(p, list, path+"?"+queryOf(foreign)), w.as(p, list, path+"?"+queryOf(random))
		w.requireOurs(list, theirs)
		require.Equal(w.t, blind(nobodys, random), blind(theirs, foreign), path)
	}
	same("/api/workflows", func(to ids) string { return "lead_id=" + to.lead })
	for _, query := range []string{"q=" + canary, "q=" + url.QueryEscape(aLead(2).Email), "assigned_to=" + clerk.GlobexAdminID, "created_after=2000-01-01T00:00:00Z", "limit=100"} {
		w.requireOurs(list, w.as(p, list, "/api/leads?"+query))
	}
	for _, header := range []string{"X-Org-Id", "Org-Id", "X-Organization", "X-Tenant-Id", "Clerk-Organization"} {
		request := w.program(p, http.MethodGet, "/api/leads?limit=100", "")
		request.Header.Set(header, clerk.GlobexID)
		w.requireOurs(list, w.send(request))
	}
	// A cookie of the other organization beside a program's token counts for nothing.
	request := w.program(p, http.MethodGet, "/api/leads?limit=100", "")
	request.Header.Set("Cookie", cookies(w.signIn(clerk.GlobexAdminID)))
	w.requireOurs(list, w.send(request))
}

// requireUnforgeable sends a browser's request as another site could have made it.
func (w *world) requireUnforgeable(p, other person, d door, to ids) {
	w.t.Helper()
	good := func() (url.Values, []string) {
		form := d.form()
		form.Set(web.CSRFField, p.csrf)
		return form, []string{"Cookie", p.cookie, "Content-Type", "application/x-www-form-urlencoded"}
	}
	forged := map[string]func() (string, []string){
		"no token": func() (string, []string) {
			form, headers := good()
			form.Del(web.CSRFField)
			return form.Encode(), headers
		},
		"another person's token": func() (string, []string) {
			form, headers := good()
			form.Set(web.CSRFField, other.csrf)
			return form.Encode(), headers
		},
		"another origin": func() (string, []string) {
			form, headers := good()
			return form.Encode(), append(headers, "Origin", "https://evil.example")
		},
		"no origin at all": func() (string, []string) {
			form, headers := good()
			return form.Encode(), append(headers, "Origin", "null")
		},
		"another site by Sec-Fetch-Site": func() (string, []string) {
			form, headers := good()
			return form.Encode(), append(headers, "Sec-Fetch-Site", "cross-site")
		},
		"text/plain": func() (string, []string) {
			form, _ := good()
			return form.Encode(), []string{"Cookie", p.cookie, "Content-Type", "text/plain", web.CSRFHeader, p.csrf}
		},
		"the token in the address": func() (string, []string) {
			form, headers := good()
			form.Del(web.CSRFField)
			return form.Encode(), headers
		},
		"JSON without a token": func() (string, []string) {
			return d.json(), []string{"Cookie", p.cookie, "Content-Type", "application/json"}
		},
	}
	for name, make := range forged {
		body, headers := make()
		path := d.at(to)
		if name == "the token in the address" {
			path += "?" + url.Values{web.CSRFField: {p.csrf}}.Encode()
		}
		answer := w.send(w.request(d.Method, path, body, headers...))
		require.Equal(w.t, http.StatusForbidden, answer.status, "%s with %s: %s", d, name, answer.body)
		requireSecured(w.t, answer)
	}
	// A link can do nothing.
	require.Contains(w.t, []int{http.StatusNotFound, http.StatusOK, http.StatusSeeOther}, w.send(w.request(http.MethodGet, d.at(to), "", "Cookie", p.cookie)).status)
}
