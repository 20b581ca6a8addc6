package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/leadagent/leadagent/adapters/clerk"
	"github.com/leadagent/leadagent/adapters/mail"
	"github.com/leadagent/leadagent/adapters/resend"
	"github.com/leadagent/leadagent/adapters/seal"
	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/domain/leads"
)

// check names every mistake of a configuration for `serve` and `work`, but for those that readConfig has named already.
func (c Config) check() []error {
	f := &findings{config: c}
	f.required("DATABASE_URL", c.DatabaseURL, "the database's address with the app role")
	f.required("REDIS_URL", c.RedisURL, "the address of Redis, such as redis://localhost:6379")
	f.required("ENCRYPTION_KEY", c.EncryptionKey, "32 random bytes in base64; make one with: openssl rand -base64 32")
	f.required("BASE_URL", c.BaseURL, "the public address of this program, such as https://leads.example.com")
	f.required("EMAIL_FROM", c.EmailFrom, "the address that replies come from")
	f.sender()
	f.vendors()
	f.addresses()
	f.secrets()
	f.policy()
	f.durations()
	sortByText(f.problems)
	return f.problems
}

// findings collects mistakes.
type findings struct {
	config   Config
	problems []error
}

func (f *findings) add(name, format string, args ...any) {
	if !f.config.told.mistaken[name] {
		f.problems = append(f.problems, fmt.Errorf(name+format, args...))
	}
}

func (f *findings) required(name, value, why string) {
	if value == "" {
		f.add(name, " is missing: %s", why)
	}
}

// sender wants one way to send, and no second one: nobody could tell which of two is meant.
func (f *findings) sender() {
	c := f.config
	switch {
	case c.SMTPURL != "" && c.ResendAPIKey != "":
		f.add("SMTP_URL", " and RESEND_API_KEY are both set, and email leaves by one of them: unset the other")
	case !f.config.told.given["RESEND_API_URL"] && c.ResendAPIKey == "":
		f.required("SMTP_URL", c.SMTPURL, "a sender is needed, such as smtp://user:password@mail.example.com:587, or RESEND_API_KEY")
	}
	if c.ResendAPIKey == "" {
		return
	}
	if _, err := resend.New(resend.Options{APIKey: c.ResendAPIKey, From: "nobody@example.com"}); err != nil {
		f.add("RESEND_API_KEY", " is no key of Resend's: it has a space or a character beyond ASCII in it")
	}
	if c.EmailKeyWindow > resend.KeysKept {
		f.add("EMAIL_KEY_WINDOW", " can be %s at most: Resend keeps keys no longer", resend.KeysKept)
	}
}

// vendors asks for the rest of every vendor that is switched on. Clerk and the model are always on.
func (f *findings) vendors() {
	on := map[string]bool{"clerk": true, "gemini": true}
	value := reflect.ValueOf(f.config)
	for _, field := range variables() {
		if f.config.told.given[field.Tag.Get("env")] || differs(field, value) {
			on[field.Tag.Get("vendor")] = true
		}
	}
	for _, field := range variables() {
		vendor := field.Tag.Get("vendor")
		if vendor != "" && on[vendor] && field.Tag.Get("optional") == "" && value.FieldByIndex(field.Index).IsZero() {
			f.add(field.Tag.Get("env"), " is missing: %s needs it", vendor)
		}
	}
}

// differs tells a field with another value than without any environment, as `dev` and tests write it.
func differs(field reflect.StructField, config reflect.Value) bool {
	v := config.FieldByIndex(field.Index)
	return !v.IsZero() && fmt.Sprint(v.Interface()) != field.Tag.Get("envDefault")
}

func (f *findings) addresses() {
	c := f.config
	for name, raw := range map[string]string{
		"BASE_URL": c.BaseURL, "CLERK_ISSUER": c.ClerkIssuer, "CLERK_API_URL": c.ClerkAPIURL, "STRIPE_API_URL": c.StripeAPIURL,
		"SLACK_API_URL": c.SlackAPIURL, "GEMINI_API_URL": c.GeminiAPIURL, "EXA_API_URL": c.ExaAPIURL, "RESEND_API_URL": c.ResendAPIURL,
	} {
		if raw != "" && !isWebAddress(raw) {
			f.add(name, " is no http or https address")
		}
	}
	for _, party := range c.ClerkAuthorizedParties {
		if !isWebAddress(party) {
			f.add("CLERK_AUTHORIZED_PARTIES", ": %q is no http or https address", party)
		}
	}
	for name, addr := range map[string]string{"HTTP_ADDR": c.HTTPAddr, "METRICS_ADDR": c.MetricsAddr} {
		if _, _, err := net.SplitHostPort(addr); addr != "" && err != nil {
			f.add(name, " is no address to listen on, such as :8080 or 127.0.0.1:8080")
		}
	}
	if _, err := redis.ParseURL(c.RedisURL); c.RedisURL != "" && err != nil {
		f.add("REDIS_URL", " cannot be read: use redis://host:port or rediss://user:password@host:port")
	}
	if _, err := mail.NewSMTP(c.SMTPURL, "nobody@example.com", mail.Options{}); c.SMTPURL != "" && err != nil {
		f.add("SMTP_URL", ": %w", err)
	}
	// The organization's own sender name goes before the address, so it stands alone here.
	_, plain := leads.ParseEmail(c.EmailFrom)
	if _, err := mail.NewSMTP("smtp://localhost", c.EmailFrom, mail.Options{}); c.EmailFrom != "" && (err != nil || !plain) {
		f.add("EMAIL_FROM", " is no email address, such as sales@example.com")
	}
	for _, proxy := range c.TrustedProxies {
		if _, err := netip.ParsePrefix(proxy); err != nil && net.ParseIP(proxy) == nil {
			f.add("TRUSTED_PROXIES", ": %q is neither an address nor a network", proxy)
		}
	}
}

// isWebAddress wants a host and nothing that a path could not be added to.
func isWebAddress(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}

func (f *findings) secrets() {
	c := f.config
	if _, err := seal.New(c.EncryptionKey); c.EncryptionKey != "" && err != nil {
		f.add("ENCRYPTION_KEY", ": %w", err)
	}
	if _, err := clerk.FrontendAPI(c.ClerkPublishableKey); c.ClerkPublishableKey != "" && err != nil {
		f.add("CLERK_PUBLISHABLE_KEY", ": %w", err)
	}
	key := clerk.Options{SecretKey: "asked for above", Issuer: "likewise", JWTKeyPEM: c.ClerkJWTKey}
	if _, err := clerk.New(key); c.ClerkJWTKey != "" && err != nil {
		f.add("CLERK_JWT_KEY", ": %w", err)
	}
	value := reflect.ValueOf(c)
	for _, field := range variables() {
		list, name := value.FieldByIndex(field.Index), field.Tag.Get("env")
		if field.Tag.Get("list") == "" || list.IsZero() || name == "ENCRYPTION_KEY" {
			continue
		}
		for i, secret := range splitList(list.String()) {
			if secret == "" {
				f.add(name, ": the secret number %d of the list is empty", i+1)
			}
		}
	}
}

func (f *findings) policy() {
	c := f.config
	if _, ok := billing.ParsePlan(c.DefaultPlan); !ok {
		f.add("DEFAULT_PLAN", " is not starter, pro or enterprise")
	}
	for name, limit := range map[string]int64{
		"RATE_LIMIT_PER_ADDRESS": int64(c.RateLimitPerAddress), "RATE_LIMIT_PER_FORM": int64(c.RateLimitPerForm),
		"RUN_TOKEN_BUDGET": c.RunTokenBudget, "ORG_TOKEN_BUDGET": c.OrgTokenBudget,
	} {
		if limit < 0 {
			f.add(name, " cannot be negative; 0 switches the limit off")
		}
	}
	switch c.DatabaseExecMode {
	case "cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol":
	default:
		f.add("DATABASE_EXEC_MODE", " is not cache_statement, cache_describe, describe_exec, exec or simple_protocol")
	}
}

func (f *findings) durations() {
	c := f.config
	for name, d := range map[string]time.Duration{
		"REVIEW_REMIND": c.ReviewRemind, "REVIEW_ESCALATE": c.ReviewEscalate, "REVIEW_EXPIRE": c.ReviewExpire, "LEASE_TTL": c.LeaseTTL,
		"SWEEP_EVERY": c.SweepEvery, "EMAIL_KEY_WINDOW": c.EmailKeyWindow,
	} {
		if d < time.Millisecond {
			f.add(name, " has to be above zero, at least 1ms")
		}
	}
}

// encryptionKeys are the 32-byte keys, the newest first.
func (c Config) encryptionKeys() ([][]byte, error) {
	var keys [][]byte
	for part := range strings.SplitSeq(c.EncryptionKey, ",") {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(part))
		if err != nil || len(key) != 32 {
			return nil, errors.New("each key is 32 bytes in base64; make one with: openssl rand -base64 32")
		}
		keys = append(keys, key)
	}
	return keys, nil
}
