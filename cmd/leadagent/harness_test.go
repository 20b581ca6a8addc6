package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded"
	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/adapters/sandbox"
	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/slack"
)

// asProgram, when set, makes the test binary be the program itself, so that tests can run it as processes of its own.
const asProgram = "LEADAGENT_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func migrateForTests(ctx context.Context, ownerURL, appURL string) error {
	return postgres.Migrate(ctx, ownerURL, appURL, postgres.MigrateOptions{})
}

// world is one test's stores and vendors, with Acme and Globex set up and no lead.
type world struct {
	t     *testing.T
	db    *pgtest.DB
	redis *embedded.Redis
	box   *sandbox.Sandbox
	vars  map[string]string
	base  string // of the web process, once one runs
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: pgtest.New(t, migrateForTests), redis: pgtest.Redis(t)}
	web := freeAddr(t)
	w.base = "http://" + strings.Replace(web, "127.0.0.1", "localhost", 1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	w.box, err = sandbox.Start(sandbox.Options{Listener: listener, BaseURL: "http://localhost:" + port, AppURL: w.base})
	require.NoError(t, err)
	t.Cleanup(w.box.Close)
	w.vars = w.environment(web)
	w.setUp()
	return w
}

// freeAddr is a loopback address that nobody listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	return l.Addr().String()
}

func (w *world) environment(web string) map[string]string {
	c := w.box.Credentials()
	return map[string]string{
		"HTTP_ADDR": web, "BASE_URL": w.base, "DATABASE_URL": w.db.AppURL, "REDIS_URL": w.redis.URL(),
		"ENCRYPTION_KEY":        base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)),
		"CLERK_PUBLISHABLE_KEY": c.ClerkPublishableKey, "CLERK_SECRET_KEY": c.ClerkSecretKey, "CLERK_ISSUER": c.ClerkIssuer,
		"CLERK_API_URL": c.ClerkAPIURL, "CLERK_WEBHOOK_SECRET": c.ClerkWebhookSecret,
		"SLACK_CLIENT_ID": c.SlackClientID, "SLACK_CLIENT_SECRET": c.SlackClientSecret, "SLACK_SIGNING_SECRET": c.SlackSigningSecret,
		"SLACK_API_URL": c.SlackAPIURL, "GEMINI_API_KEY": c.GeminiAPIKey, "GEMINI_API_URL": c.GeminiAPIURL,
		"EXA_API_KEY": c.ExaAPIKey, "EXA_API_URL": c.ExaAPIURL, "SMTP_URL": c.SMTPURL, "EMAIL_FROM": "hello@leadagent.example",
		"RATE_LIMIT_PER_ADDRESS": "0", "RATE_LIMIT_PER_FORM": "0",
	}
}

// environ is the environment as a process gets it, with changes.
func (w *world) environ(changes map[string]string) []string {
	var list []string
	for name, value := range w.vars {
		if changed, ok := changes[name]; ok {
			value = changed
		}
		list = append(list, name+"="+value)
	}
	for name, value := range changes {
		if _, known := w.vars[name]; !known {
			list = append(list, name+"="+value)
		}
	}
	return list
}

// parts assembles the program in this process, for tests that call use cases.
func (w *world) parts(changes map[string]string) *parts {
	w.t.Helper()
	config, problems := readConfig(w.environ(changes))
	require.Empty(w.t, append(problems, config.check()...))
	p, err := assemble(w.t.Context(), config, local{dial: w.box.Dial}, slog.New(slog.DiscardHandler))
	require.NoError(w.t, err)
	w.t.Cleanup(p.close)
	return p
}

func (w *world) setUp() {
	w.t.Helper()
	p := w.parts(nil)
	organizations, err := sandbox.Organizations()
	require.NoError(w.t, err)
	for _, o := range organizations {
		require.NoError(w.t, p.seedOrganization(w.t.Context(), o))
	}
}

// process is the program running on its own.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	done chan struct{}
	log  *lockedBuffer
	err  error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs a command as a process of its own; it ends with the test at the latest.
func (w *world) start(changes map[string]string, args ...string) *process {
	w.t.Helper()
	p := &process{t: w.t, cmd: exec.Command(os.Args[0], args...), done: make(chan struct{}), log: &lockedBuffer{}}
	p.cmd.Env = append(w.environ(changes), asProgram+"=1", "HOME="+os.Getenv("HOME"), "PATH="+os.Getenv("PATH"))
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	require.NoError(w.t, p.cmd.Start())
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	w.t.Cleanup(func() {
		p.kill()
		if w.t.Failed() {
			w.t.Logf("%v said:\n%s", args, tail(p.log.String(), 6000))
		}
	})
	return p
}

func tail(s string, n int) string {
	if len(s) > n {
		return s[len(s)-n:]
	}
	return s
}

// serve starts a web process and waits until it is ready.
func (w *world) serve(changes map[string]string) *process {
	w.t.Helper()
	p := w.start(changes, "serve")
	w.until(20*time.Second, "the web process is ready", func() bool {
		response, err := http.Get(w.base + "/readyz")
		if err != nil {
			return false
		}
		defer func() { _ = response.Body.Close() }()
		return response.StatusCode == http.StatusOK
	})
	return p
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may be gone already
	<-p.done
}

// stop asks the process to end and returns how long that took.
func (p *process) stop() time.Duration {
	p.t.Helper()
	began := time.Now()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.done:
	case <-time.After(20 * time.Second):
		p.t.Fatal("the process did not end within 20 seconds of SIGTERM")
	}
	return time.Since(began)
}

// until polls for a condition.
func (w *world) until(within time.Duration, what string, holds func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(within)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		if time.Now().After(deadline) {
			w.t.Fatalf("not within %s: %s", within, what)
		}
		<-tick.C
	}
}

// query reads one row of values as the superuser, past every policy.
func (w *world) query(sql string, args []any, into ...any) {
	w.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, w.db.SuperuserURL)
	require.NoError(w.t, err)
	defer func() { _ = conn.Close(ctx) }()
	require.NoError(w.t, conn.QueryRow(ctx, sql, args...).Scan(into...), sql)
}

func (w *world) count(sql string, args ...any) int {
	w.t.Helper()
	var n int
	w.query(sql, args, &n)
	return n
}

// submission is what tests send to /api/submit.
type submissionBody struct {
	Form    string `json:"form"`
	Email   string `json:"email"`
	Name    string `json:"name"`
	Company string `json:"company,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Message string `json:"message"`
}

func aLead(n int) submissionBody {
	return submissionBody{
		Form: "acme-demo", Email: fmt.Sprintf("person%d@company%d.example", n, n), Name: "Jordan Reed", Company: fmt.Sprintf("Company %d", n),
		Message: fmt.Sprintf("We are %d people in sales and would like a demo and a quote for next month.", n+20),
	}
}

// submit posts a lead and returns its id.
func (w *world) submit(body submissionBody, key string) string {
	w.t.Helper()
	id, err := w.trySubmit(body, key)
	require.NoError(w.t, err)
	return id
}

func (w *world) trySubmit(body submissionBody, key string) (string, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	request, err := http.NewRequest(http.MethodPost, w.base+"/api/submit", bytes.NewReader(raw))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	var accepted struct{ ID, Status string }
	if response.StatusCode != http.StatusAccepted || json.Unmarshal(answer, &accepted) != nil || accepted.Status != "received" {
		return "", fmt.Errorf("%d: %s", response.StatusCode, answer)
	}
	return accepted.ID, nil
}

// state is the state of a lead's run.
func (w *world) state(lead string) string {
	w.t.Helper()
	var state string
	w.query(`SELECT coalesce((SELECT status FROM workflows WHERE lead_id = $1), '')`, []any{lead}, &state)
	return state
}

// awaitState waits for a lead's run to come into a state.
func (w *world) awaitState(lead, state string, within time.Duration) {
	w.t.Helper()
	w.until(within, "lead "+lead+" is "+state, func() bool { return w.state(lead) == state })
}

// api calls the API as a person and decodes the answer.
func (w *world) api(person, method, path string, body any) (int, map[string]any) {
	w.t.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		require.NoError(w.t, err)
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequest(method, w.base+path, reader)
	require.NoError(w.t, err)
	token, err := w.box.Clerk.Token(person, orgOf(person), nil)
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	var answer map[string]any
	if len(raw) > 0 {
		require.NoError(w.t, json.Unmarshal(raw, &answer), string(raw))
	}
	return response.StatusCode, answer
}

func orgOf(person string) string {
	if strings.HasPrefix(person, "user_globex") {
		return clerk.GlobexID
	}
	return clerk.AcmeID
}

// approve approves the lead's draft through the API as Acme's admin.
func (w *world) approve(lead string) {
	w.t.Helper()
	var run string
	var version int
	w.query(`SELECT id, draft_version FROM workflows WHERE lead_id = $1`, []any{lead}, &run, &version)
	code, answer := w.api(clerk.AcmeAdminID, http.MethodPost, "/api/workflows/"+run+"/approve", map[string]any{"draft_version": version})
	require.Equal(w.t, http.StatusOK, code, answer)
}

// checkBooks holds what must be true after every run, whatever was killed.
func (w *world) checkBooks(accepted []string) {
	w.t.Helper()
	require.Equal(w.t, len(accepted), w.count(`SELECT count(*) FROM leads WHERE id = ANY ($1::uuid[])`, accepted), "each accepted submission has its lead")
	require.Zero(w.t, w.count(`SELECT count(*) FROM leads l WHERE l.status = 'pending'
		AND (SELECT count(*) FROM workflows w WHERE w.org_id = l.org_id AND w.lead_id = l.id) <> 1`), "each pending lead has one run")
	require.Zero(w.t, w.count(`SELECT count(*) FROM usage_periods u WHERE u.used <> (SELECT count(*) FROM leads l WHERE l.org_id = u.org_id
		AND l.status NOT IN ('held', 'quarantined') AND l.created_at >= u.starts_at AND l.created_at < u.ends_at)`), "the count is right")
	require.Zero(w.t, w.count(`SELECT count(*) FROM emails e JOIN workflows w ON w.org_id = e.org_id AND w.id = e.workflow_id
		WHERE e.kind = 'reply' AND e.status <> 'dropped' AND NOT EXISTS (SELECT FROM decisions d WHERE d.org_id = e.org_id
		AND d.workflow_id = e.workflow_id AND d.decision = 'approved' AND d.draft_version = e.draft_version)`), "no reply without an approval of its version")
	seen := map[string]int{}
	for _, m := range w.box.Mailbox.Messages() {
		seen[m.MessageID]++
	}
	for id, n := range seen {
		require.Equal(w.t, 1, n, "message %s came %d times", id, n)
	}
	require.Zero(w.t, w.count(`SELECT count(*) FROM emails e WHERE e.status = 'sent' AND NOT e.message_id = ANY ($1)`, keys(seen)), "what counts as sent is in the mailbox")
}

func keys(m map[string]int) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	return list
}

// flushRedis empties Redis, as an operator's mistake or a restart without persistence would.
func (w *world) flushRedis() {
	w.t.Helper()
	options, err := redis.ParseURL(w.redis.URL())
	require.NoError(w.t, err)
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	require.NoError(w.t, client.FlushAll(context.Background()).Err())
}

// People of the emulated Slack workspace of Acme.
const (
	slackManager = slack.DemoAcmeManager
	slackMember  = slack.DemoAcmeMember
	slackGuest   = slack.DemoAcmeGuest
)

// slackCard is where a lead's card stands.
type slackCard struct{ team, ts string }

// card waits for the lead's card in the emulated Slack.
func (w *world) card(lead string) slackCard {
	w.t.Helper()
	var run string
	w.query(`SELECT id FROM workflows WHERE lead_id = $1`, []any{lead}, &run)
	c := slackCard{team: slack.DemoAcmeTeam}
	w.until(20*time.Second, "the card is posted", func() bool {
		for _, m := range w.box.Slack.Messages(c.team) {
			if strings.Contains(string(m.Metadata), run) {
				c.ts = m.TS
			}
		}
		return c.ts != ""
	})
	return c
}

// cardSays tells whether the lead's card has the words.
func (w *world) cardSays(lead, words string) bool {
	w.t.Helper()
	at := w.card(lead)
	for _, m := range w.box.Slack.Messages(at.team) {
		if m.TS == at.ts {
			return strings.Contains(string(m.Blocks), words)
		}
	}
	return false
}

// get is http.Get with the body closed, for tests of headers.
func get(address string) (*http.Response, error) {
	response, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	return response, response.Body.Close()
}
