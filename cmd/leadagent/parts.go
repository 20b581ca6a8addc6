package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/leadagent/leadagent/adapters/asynqueue"
	"github.com/leadagent/leadagent/adapters/clerk"
	"github.com/leadagent/leadagent/adapters/fiberhttp"
	"github.com/leadagent/leadagent/adapters/gemini"
	"github.com/leadagent/leadagent/adapters/liveredis"
	"github.com/leadagent/leadagent/adapters/mail"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/adapters/resend"
	"github.com/leadagent/leadagent/adapters/seal"
	"github.com/leadagent/leadagent/adapters/slack"
	"github.com/leadagent/leadagent/adapters/webfetch"
	"github.com/leadagent/leadagent/adapters/websearch"
	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/app/intake"
	"github.com/leadagent/leadagent/app/metering"
	"github.com/leadagent/leadagent/app/pipeline"
	"github.com/leadagent/leadagent/app/review"
	"github.com/leadagent/leadagent/app/transition"
	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/ports"
	"github.com/leadagent/leadagent/web"
)

// How much one organization and one process do at a time.
const (
	researchSlots    = 8 // runs of one organization in research at a time, over all workers
	researchWorkers  = 32
	approvalsWorkers = 16
)

// parts is the program put together, from the outside in: stores, vendors, use cases.
type parts struct {
	config Config
	log    *slog.Logger
	db     *postgres.DB
	stored *postgres.Intake
	redis  redis.UniversalClient
	live   *liveredis.Live
	bell   *asynqueue.Bell
	relay  *pipeline.Relay

	outbox    ports.Outbox
	directory ports.Directory

	mover    *transition.Mover
	accounts *accounts.Accounts
	intake   *intake.Intake
	desk     *review.Desk
	console  *console.Console
	metering *metering.Metering
	pipeline *pipeline.Pipeline
	clicks   ports.Clicks
	sealer   ports.Sealer
}

// local is what only `dev` and tests add: the pages of the sandbox's corpus, and links to the sandbox.
type local struct {
	dial    webfetch.Dial
	sandbox *web.Sandbox
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// assemble connects to the stores and wires everything. It checks role and schema before anything else runs.
func assemble(ctx context.Context, c Config, l local, log *slog.Logger) (*parts, error) {
	p := &parts{config: c, log: log}
	if err := p.connect(ctx); err != nil {
		p.close()
		return nil, err
	}
	if err := p.wire(l); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *parts) connect(ctx context.Context) error {
	options, err := redis.ParseURL(p.config.RedisURL)
	if err != nil {
		return errors.New("REDIS_URL cannot be read: use redis://host:port or rediss://user:password@host:port")
	}
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = 2*time.Second, 3*time.Second, 3*time.Second
	options.PoolSize, options.MaxRetries = 64, 1
	p.redis = redis.NewClient(options)
	p.live = liveredis.NewLive(p.redis)
	p.bell = asynqueue.NewBell(p.redis)
	p.db, err = postgres.Connect(ctx, postgres.Options{
		URL: p.config.DatabaseURL, ExecMode: p.config.DatabaseExecMode, OnCommit: p.committed,
	})
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	p.outbox, p.directory = postgres.NewOutbox(p.db), postgres.NewDirectory(p.db)
	p.relay = pipeline.NewRelay(p.outbox, p.bell, researchSlots, p.log)
	return nil
}

// committed is called after every unit of work that changed something: open pages hear of it, and the relay looks into the outbox.
func (p *parts) committed(c ports.Commit) {
	if len(c.Changed) > 0 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		p.live.Publish(ctx, c.Org, c.Changed)
	}
	if c.Due {
		p.relay.Wake()
	}
}

func (p *parts) wire(l local) error {
	c := p.config
	keys, err := c.encryptionKeys()
	if err != nil {
		return fmt.Errorf("ENCRYPTION_KEY: %w", err)
	}
	if p.sealer, err = seal.New(c.EncryptionKey); err != nil {
		return fmt.Errorf("ENCRYPTION_KEY: %w", err)
	}
	vendors, err := p.vendors(l)
	if err != nil {
		return err
	}
	identity, err := clerk.New(clerk.Options{
		SecretKey: c.ClerkSecretKey, JWTKeyPEM: c.ClerkJWTKey, Issuer: c.ClerkIssuer, AuthorizedParties: c.ClerkAuthorizedParties,
		APIURL: c.ClerkAPIURL, Clock: time.Now,
	})
	if err != nil {
		return fmt.Errorf("clerk: %w", err)
	}
	plan, _ := billing.ParsePlan(c.DefaultPlan)
	p.mover = transition.New(newID, transition.Settings{ReviewExpire: c.ReviewExpire, MailDomain: mailDomain(c.EmailFrom)})
	p.accounts = accounts.New(p.db, identity, newID, plan, p.log)
	p.stored = postgres.NewIntake(p.db, newID)
	p.intake = intake.New(p.directory, p.stored, liveredis.NewLimiter(p.redis, p.log), p.db, intake.NewStamps(derive(keys[0], "form stamps"), time.Now),
		intake.Limits{PerAddress: c.RateLimitPerAddress, PerForm: c.RateLimitPerForm})
	p.desk = review.New(p.db, p.mover, review.SlackSide{Clicks: p.clicks, Channel: vendors.Channel, Sealer: p.sealer}, time.Now, p.log)
	p.console, p.metering = console.New(p.db), metering.New(p.db)
	p.pipeline = pipeline.New(p.db, p.mover, vendors, pipeline.Config{
		LeaseTTL: c.LeaseTTL, RunTokens: c.RunTokenBudget, OrgTokens: c.OrgTokenBudget, PublicURL: c.BaseURL,
	}, time.Now, p.log)
	return nil
}

// vendors makes the adapters of those vendors that are switched on.
func (p *parts) vendors(l local) (pipeline.Vendors, error) {
	c := p.config
	model, err := gemini.New(gemini.Options{APIKey: c.GeminiAPIKey, Model: c.GeminiModel, URL: c.GeminiAPIURL})
	if err != nil {
		return pipeline.Vendors{}, fmt.Errorf("gemini: %w", err)
	}
	mailer, err := c.mailer()
	if err != nil {
		return pipeline.Vendors{}, err
	}
	fetcher, err := webfetch.New(webfetch.Options{Dial: l.dial})
	if err != nil {
		return pipeline.Vendors{}, fmt.Errorf("page reading: %w", err)
	}
	v := pipeline.Vendors{Reader: model, Judge: model, Writer: model, Fetcher: fetcher, Mailer: mailer, Sealer: p.sealer}
	if c.ExaAPIKey != "" {
		if v.Searcher, err = websearch.New(websearch.Options{APIKey: c.ExaAPIKey, URL: c.ExaAPIURL}); err != nil {
			return v, fmt.Errorf("exa: %w", err)
		}
	}
	if c.SlackClientID != "" {
		channel, err := slack.New(slack.Options{APIURL: c.SlackAPIURL, SigningSecrets: strings.Split(c.SlackSigningSecret, ",")})
		if err != nil {
			return v, fmt.Errorf("slack: %w", err)
		}
		v.Channel, p.clicks = channel, channel
	}
	return v, nil
}

// mailer makes the sender: Resend where there is a key for it, else SMTP.
func (c Config) mailer() (ports.Mailer, error) {
	if c.ResendAPIKey != "" {
		m, err := resend.New(resend.Options{APIKey: c.ResendAPIKey, URL: c.ResendAPIURL, From: c.EmailFrom, KeyWindow: c.EmailKeyWindow})
		if err != nil {
			return nil, fmt.Errorf("resend: %w", err)
		}
		return m, nil
	}
	m, err := mail.NewSMTP(c.SMTPURL, c.EmailFrom, mail.Options{})
	if err != nil {
		return nil, fmt.Errorf("SMTP_URL: %w", err)
	}
	return m, nil
}

// web makes the HTTP side.
func (p *parts) web(l local) (*fiberhttp.Server, error) {
	keys, err := p.config.encryptionKeys()
	if err != nil {
		return nil, fmt.Errorf("ENCRYPTION_KEY: %w", err)
	}
	frontend, err := clerk.FrontendAPI(p.config.ClerkPublishableKey)
	if err != nil {
		return nil, fmt.Errorf("CLERK_PUBLISHABLE_KEY: %w", err)
	}
	// The issuer is the Frontend API's address with its scheme, unless the instance is reached through a proxy of its own.
	if scheme, address, _ := strings.Cut(p.config.ClerkIssuer, "://"); address == frontend {
		frontend = scheme + "://" + frontend
	} else {
		frontend = "https://" + frontend
	}
	signIn := accountPortal(frontend)
	return fiberhttp.New(fiberhttp.Config{
		BaseURL: p.config.BaseURL, TrustedProxies: p.config.TrustedProxies, FrontendAPI: frontend, SignInURL: signIn + "/sign-in",
		Sandbox: l.sandbox, CSRFKey: derive(keys[0], "csrf"),
	}, fiberhttp.Deps{
		Intake: p.intake, Desk: p.desk, Accounts: p.accounts, Console: p.console, Metering: p.metering, Directory: p.directory, Live: p.live,
		Clicks: p.clicks, Ready: p.db.Ping, NewID: newID, Now: time.Now, Log: p.log,
	})
}

// accountPortal is Clerk's hosted sign-in for a frontend API (https://clerk.com/docs/guides/customizing-clerk/account-portal): accounts.example.com
// beside clerk.example.com, and name.accounts.dev for name.clerk.accounts.dev.
func accountPortal(frontend string) string {
	u, err := url.Parse(frontend)
	if err != nil {
		return frontend
	}
	if name, ok := strings.CutSuffix(u.Host, ".clerk.accounts.dev"); ok {
		return "https://" + name + ".accounts.dev"
	}
	if domain, ok := strings.CutPrefix(u.Host, "clerk."); ok {
		return "https://accounts." + domain
	}
	return frontend
}

// derive makes a key for one use from the program's key.
func derive(key []byte, use string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("leadagent\n" + use))
	return mac.Sum(nil)
}

func mailDomain(from string) string {
	_, domain, _ := strings.Cut(from, "@")
	return domain
}

// ring runs relay and sweeper until ctx ends.
func (p *parts) ring(ctx context.Context) (wait func()) {
	sweeper := pipeline.NewSweeper(p.outbox, p.bell, p.config.SweepEvery, p.config.LeaseTTL, p.relay.Wake, p.log)
	done := make(chan struct{}, 2)
	go func() { p.relay.Run(ctx); done <- struct{}{} }()
	go func() { sweeper.Run(ctx); done <- struct{}{} }()
	return func() { <-done; <-done }
}

// workers makes the process's workers.
func (p *parts) workers() *asynqueue.Workers {
	return asynqueue.NewWorkers(p.redis, p.pipeline, p.desk,
		asynqueue.Concurrency{Research: researchWorkers, Approvals: approvalsWorkers}, p.log)
}

// drainWithin is how long submissions that wait when the program ends may take to be stored. Nothing is left to wait once requests are finished,
// except for those whose callers went away.
const drainWithin = 3 * time.Second

func (p *parts) close() {
	if p.stored != nil {
		ctx, cancel := context.WithTimeout(context.Background(), drainWithin)
		defer cancel()
		if err := p.stored.Close(ctx); err != nil {
			p.log.WarnContext(ctx, "submissions were left waiting", "error", err)
		}
	}
	if p.db != nil {
		p.db.Close()
	}
	if p.redis != nil {
		_ = p.redis.Close() // nothing is left to do about it
	}
}
