package fiberhttp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/leadagent/leadagent/adapters/fiberhttp"
	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/app/metering"
	"github.com/leadagent/leadagent/app/review"
	"github.com/leadagent/leadagent/app/transition"
	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
	"github.com/leadagent/leadagent/web"
)

const (
	acme   tenancy.OrgID = "org_acme"
	globex tenancy.OrgID = "org_globex"

	sam tenancy.UserID = "user_sam" // admin of Acme
	moe tenancy.UserID = "user_moe" // manager of Acme
	mia tenancy.UserID = "user_mia" // member of Acme
	gus tenancy.UserID = "user_gus" // admin of Globex
)

// bench is a server over the real use cases, with tenant data in memory.
type bench struct {
	t      *testing.T
	url    string
	data   *memory
	live   *broker
	server *fiberhttp.Server
	client *http.Client
	next   int // numbers ids
}

// clockwork moves on by a second with every look, so that what follows each other has an order.
type clockwork struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clockwork) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Second)
	return c.now
}

func start() time.Time { return time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC) }

func newBench(t *testing.T, change ...func(*fiberhttp.Config)) *bench {
	t.Helper()
	clock := &clockwork{now: start()}
	data := &memory{now: clock.Now, tenants: map[tenancy.OrgID]*tenant{}}
	for _, org := range []struct {
		id      tenancy.OrgID
		name    string
		members []tenancy.Member
	}{
		{acme, "Acme", []tenancy.Member{
			{UserID: sam, Name: "Sam Rivera", Email: "sam@acme.test", Role: tenancy.Admin, Active: true},
			{UserID: moe, Name: "Moe Meier", Email: "moe@acme.test", Role: tenancy.Manager, Active: true},
			{UserID: mia, Name: "Mia Novak", Email: "mia@acme.test", Role: tenancy.Worker, Active: true},
		}},
		{globex, "Globex", []tenancy.Member{{UserID: gus, Name: "Gus Gray", Email: "gus@globex.test", Role: tenancy.Admin, Active: true}}},
	} {
		tn := newTenant(org.id, org.name, clock.Now)
		for _, m := range org.members {
			tn.members[m.UserID] = m
		}
		data.tenants[org.id] = tn
	}
	b := &bench{t: t, data: data, live: &broker{}}
	b.serve(clock.Now, change)
	return b
}

func newTenant(id tenancy.OrgID, name string, now ports.Clock) *tenant {
	tn := emptyTenant(now)
	tn.org = ports.OrganizationSettings{Organization: tenancy.Organization{
		ID: id, Name: name, Slug: strings.ToLower(name), Plan: "pro", OverLimit: tenancy.Hold, TimeZone: "UTC", CreatedAt: start(),
	}}
	tn.usage = billing.Usage{Used: 12, Limit: 1000, Period: billing.PeriodAt(start(), start())}
	tn.forms = []ports.Form{{ID: "f1", Key: strings.ToLower(name) + "-form", Title: "Contact " + name, Active: true}}
	return tn
}

func (b *bench) serve(now ports.Clock, change []func(*fiberhttp.Config)) {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	config := fiberhttp.Config{BaseURL: "http://leadagent.test", SignInURL: "http://clerk.test/sign-in", CSRFKey: []byte("0123456789abcdef0123456789abcdef")}
	for _, c := range change {
		c(&config)
	}
	var mu sync.Mutex
	serial := 0
	newID := func() string {
		mu.Lock()
		defer mu.Unlock()
		serial++
		return fmt.Sprintf("01934567-0000-7000-9000-%012d", serial)
	}
	mover := transition.New(newID, transition.Settings{ReviewExpire: 72 * time.Hour, MailDomain: "leadagent.test"})
	server, err := fiberhttp.New(config, fiberhttp.Deps{
		Desk:     review.New(b.data, mover, review.SlackSide{}, now, log),
		Accounts: accounts.New(b.data, identity{}, newID, billing.Pro, log),
		Console:  console.New(b.data), Metering: metering.New(b.data), Live: b.live,
		Ready: func(context.Context) error { return nil }, NewID: newID, Now: now, Log: log,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	b.server, b.url = server, "http://"+listener.Addr().String()
	b.client = &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DisableCompression: true},
	}
	b.do(b.request(http.MethodGet, "/healthz", "")).want(http.StatusOK) // a server that does not accept yet cannot be shut down
	b.t.Cleanup(func() {
		b.client.CloseIdleConnections()
		if err := server.Shutdown(5 * time.Second); err != nil {
			b.t.Errorf("shutdown: %v", err)
		}
		if err := <-served; err != nil {
			b.t.Errorf("serve: %v", err)
		}
	})
}

// identity takes "user@org" for a token of that person.
type identity struct{ ports.Identity }

func (identity) Verify(_ context.Context, token string) (ports.Claims, error) {
	user, org, ok := strings.Cut(token, "@")
	if !ok {
		return ports.Claims{}, fault.New(fault.Unauthenticated, "Sign in.")
	}
	return ports.Claims{User: tenancy.UserID(user), Org: tenancy.OrgID(org), Session: "sess_" + user}, nil
}

func (identity) Lookup(context.Context, tenancy.OrgID, tenancy.UserID) (tenancy.Organization, tenancy.Member, error) {
	return tenancy.Organization{}, tenancy.Member{}, fault.New(fault.NotFound, "Nobody.")
}

// answer is a response that was read whole.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

func (b *bench) do(r *http.Request) answer {
	b.t.Helper()
	res, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{t: b.t, status: res.StatusCode, header: res.Header, body: string(raw)}
}

func (b *bench) request(method, path, body string) *http.Request {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func token(user tenancy.UserID) string {
	if user == gus {
		return string(user) + "@" + string(globex)
	}
	return string(user) + "@" + string(acme)
}

// get opens a page as a member.
func (b *bench) get(as tenancy.UserID, path string, cookies ...*http.Cookie) answer {
	b.t.Helper()
	r := b.request(http.MethodGet, path, "")
	r.AddCookie(&http.Cookie{Name: "__session", Value: token(as)})
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return b.do(r)
}

// csrf scrapes the token from a page, as a browser has it.
func (b *bench) csrf(as tenancy.UserID) string {
	b.t.Helper()
	value, ok := b.get(as, web.PathLeads).page().Find("input[name=" + web.CSRFField + "]").First().Attr("value")
	if !ok || value == "" {
		b.t.Fatal("the page has no token against forgery")
	}
	return value
}

// post sends a form as a member's browser does.
func (b *bench) post(as tenancy.UserID, path string, form url.Values) answer {
	b.t.Helper()
	form.Set(web.CSRFField, b.csrf(as))
	return b.postRaw(as, path, form)
}

func (b *bench) postRaw(as tenancy.UserID, path string, form url.Values) answer {
	b.t.Helper()
	r := b.request(http.MethodPost, path, form.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "__session", Value: token(as)})
	return b.do(r)
}

// api calls the API as a member's program.
func (b *bench) api(as tenancy.UserID, method, path, body string) answer {
	b.t.Helper()
	r := b.request(method, path, body)
	r.Header.Set("Authorization", "Bearer "+token(as))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return b.do(r)
}

func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d\n%s", a.status, status, a.body)
	}
	return a
}

// leadsTo checks a redirect after a POST.
func (a answer) leadsTo(path string) answer {
	a.t.Helper()
	a.want(http.StatusSeeOther)
	if got := a.header.Get("Location"); got != path {
		a.t.Fatalf("leads to %q, want %q", got, path)
	}
	return a
}

func (a answer) page() *goquery.Document {
	a.t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil {
		a.t.Fatal(err)
	}
	return doc
}

func (a answer) json() map[string]any {
	a.t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		a.t.Fatalf("no JSON: %v\n%s", err, a.body)
	}
	return out
}

// cookies that the answer set.
func (a answer) cookies() []*http.Cookie {
	return (&http.Response{Header: a.header}).Cookies()
}
