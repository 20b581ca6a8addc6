package main

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"sort"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is everything that the environment decides. It is read once. Fields tagged secret are never printed: of those tagged url the place may
// be, of the others nothing. Fields tagged list are comma lists, the newest first. A vendor is switched on by any of its variables and then
// needs all that are not optional.
type Config struct {
	HTTPAddr string `env:"HTTP_ADDR" envDefault:":8080"`
	BaseURL  string `env:"BASE_URL"`

	DatabaseURL          string `env:"DATABASE_URL" secret:"url"`
	MigrationDatabaseURL string `env:"MIGRATION_DATABASE_URL" secret:"url"`
	DatabaseExecMode     string `env:"DATABASE_EXEC_MODE" envDefault:"cache_statement"`
	RedisURL             string `env:"REDIS_URL" secret:"url"`
	EncryptionKey        string `env:"ENCRYPTION_KEY" secret:"yes" list:"yes"`

	ClerkPublishableKey    string   `env:"CLERK_PUBLISHABLE_KEY" vendor:"clerk"`
	ClerkSecretKey         string   `env:"CLERK_SECRET_KEY" vendor:"clerk" secret:"yes"`
	ClerkJWTKey            string   `env:"CLERK_JWT_KEY" vendor:"clerk" optional:"yes"`
	ClerkIssuer            string   `env:"CLERK_ISSUER" vendor:"clerk"`
	ClerkAuthorizedParties []string `env:"CLERK_AUTHORIZED_PARTIES" vendor:"clerk" optional:"yes"`
	ClerkWebhookSecret     string   `env:"CLERK_WEBHOOK_SECRET" vendor:"clerk" secret:"yes" list:"yes"`
	ClerkAPIURL            string   `env:"CLERK_API_URL" vendor:"clerk" optional:"yes" envDefault:"https://api.clerk.com/v1"`

	StripeSecretKey     string `env:"STRIPE_SECRET_KEY" vendor:"stripe" secret:"yes"`
	StripeWebhookSecret string `env:"STRIPE_WEBHOOK_SECRET" vendor:"stripe" secret:"yes" list:"yes"`
	StripePriceStarter  string `env:"STRIPE_PRICE_STARTER" vendor:"stripe"`
	StripePricePro      string `env:"STRIPE_PRICE_PRO" vendor:"stripe"`
	StripeAPIURL        string `env:"STRIPE_API_URL" vendor:"stripe" optional:"yes" envDefault:"https://api.stripe.com"`

	SlackClientID      string `env:"SLACK_CLIENT_ID" vendor:"slack"`
	SlackClientSecret  string `env:"SLACK_CLIENT_SECRET" vendor:"slack" secret:"yes"`
	SlackSigningSecret string `env:"SLACK_SIGNING_SECRET" vendor:"slack" secret:"yes" list:"yes"`
	SlackAPIURL        string `env:"SLACK_API_URL" vendor:"slack" optional:"yes" envDefault:"https://slack.com/api/"`

	GeminiAPIKey string `env:"GEMINI_API_KEY" vendor:"gemini" secret:"yes"`
	GeminiModel  string `env:"GEMINI_MODEL" vendor:"gemini" optional:"yes" envDefault:"gemini-3.8-flash"`
	GeminiAPIURL string `env:"GEMINI_API_URL" vendor:"gemini" optional:"yes" envDefault:"https://generativelanguage.googleapis.com"`

	ExaAPIKey string `env:"EXA_API_KEY" vendor:"exa" secret:"yes"`
	ExaAPIURL string `env:"EXA_API_URL" vendor:"exa" optional:"yes" envDefault:"https://api.exa.ai"`

	SMTPURL      string `env:"SMTP_URL" secret:"url"`
	ResendAPIKey string `env:"RESEND_API_KEY" vendor:"resend" secret:"yes"`
	ResendAPIURL string `env:"RESEND_API_URL" vendor:"resend" optional:"yes" envDefault:"https://api.resend.com"`
	EmailFrom    string `env:"EMAIL_FROM"`

	DefaultPlan         string   `env:"DEFAULT_PLAN" envDefault:"enterprise"`
	RateLimitPerAddress int      `env:"RATE_LIMIT_PER_ADDRESS" envDefault:"20"`
	RateLimitPerForm    int      `env:"RATE_LIMIT_PER_FORM" envDefault:"600"`
	TrustedProxies      []string `env:"TRUSTED_PROXIES"`

	ReviewRemind   time.Duration `env:"REVIEW_REMIND" envDefault:"30m"`
	ReviewEscalate time.Duration `env:"REVIEW_ESCALATE" envDefault:"4h"`
	ReviewExpire   time.Duration `env:"REVIEW_EXPIRE" envDefault:"72h"`
	LeaseTTL       time.Duration `env:"LEASE_TTL" envDefault:"15s"`
	SweepEvery     time.Duration `env:"SWEEP_EVERY" envDefault:"5s"`
	EmailKeyWindow time.Duration `env:"EMAIL_KEY_WINDOW" envDefault:"24h"`

	RunTokenBudget int64 `env:"RUN_TOKEN_BUDGET" envDefault:"200000"`
	OrgTokenBudget int64 `env:"ORG_TOKEN_BUDGET" envDefault:"0"`

	LogLevel     slog.Level `env:"LOG_LEVEL" envDefault:"info"`
	OTLPEndpoint string     `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
	MetricsAddr  string     `env:"METRICS_ADDR"`

	told told
}

// told is what the environment said beside the values.
type told struct {
	given    map[string]bool // variables with a value of their own
	mistaken map[string]bool // variables about which a mistake was named already
}

// readConfig reads the environment. What cannot be read is named together with every other mistake: those that check finds, and every
// variable that is set but empty. Such a variable counts as unset otherwise.
func readConfig(environ []string) (Config, []error) {
	vars := env.ToMap(environ)
	told := told{given: map[string]bool{}, mistaken: map[string]bool{}}
	var problems []error
	mistake := func(name string, err error) {
		told.mistaken[name] = true
		delete(vars, name)
		problems = append(problems, err)
	}
	for _, name := range variableNames() {
		value, set := vars[name]
		if told.given[name] = set; set && strings.TrimSpace(value) == "" {
			told.given[name] = false
			mistake(name, fmt.Errorf("%s is set but empty: give it a value or unset it", name))
		}
	}
	c, unreadable, err := parseConfig(vars)
	if err != nil {
		return Config{}, append(problems, err)
	}
	for name, why := range unreadable {
		mistake(name, fmt.Errorf("%s cannot be read: %w", name, why))
	}
	if len(unreadable) > 0 {
		if c, _, err = parseConfig(vars); err != nil {
			return Config{}, append(problems, err)
		}
	}
	c.told = told
	c.tidyLists()
	sortByText(problems)
	return c, problems
}

// parseConfig fills a Config, and gives for every variable whose value has not the right form what is wrong with it.
func parseConfig(vars map[string]string) (Config, map[string]error, error) {
	var c Config
	err := env.ParseWithOptions(&c, env.Options{Environment: vars})
	var all env.AggregateError
	if !errors.As(err, &all) {
		return c, nil, err
	}
	unreadable := map[string]error{}
	for _, one := range all.Errors {
		var parse env.ParseError
		if !errors.As(one, &parse) {
			return c, nil, err
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(parse.Name)
		unreadable[field.Tag.Get("env")] = parse.Err
	}
	return c, unreadable, nil
}

// tidyLists drops the spaces around the commas.
func (c *Config) tidyLists() {
	value := reflect.ValueOf(c).Elem()
	for _, f := range variables() {
		v := value.FieldByIndex(f.Index)
		switch list := v.Interface().(type) {
		case []string:
			for i := range list {
				list[i] = strings.TrimSpace(list[i])
			}
		case string:
			if f.Tag.Get("list") != "" {
				v.SetString(strings.Join(splitList(list), ","))
			}
		}
	}
}

func splitList(list string) []string {
	parts := strings.Split(list, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// variables are the fields that the environment fills.
func variables() []reflect.StructField {
	var fields []reflect.StructField
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		if f.Tag.Get("env") != "" {
			fields = append(fields, f)
		}
	}
	return fields
}

// variableNames are the names of all variables, sorted.
func variableNames() []string {
	var names []string
	for _, f := range variables() {
		names = append(names, f.Tag.Get("env"))
	}
	sort.Strings(names)
	return names
}

func sortByText(errs []error) {
	sort.Slice(errs, func(i, j int) bool { return errs[i].Error() < errs[j].Error() })
}
