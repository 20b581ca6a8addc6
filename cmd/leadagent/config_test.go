package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// complete is an environment with which `serve` and `work` start: the required variables and nothing else.
func complete() map[string]string {
	return map[string]string{
		"BASE_URL":              "https://leads.example.com",
		"DATABASE_URL":          "postgres://leadagent_app:pw@db.example.com/leadagent",
		"REDIS_URL":             "redis://redis.example.com:6379",
		"ENCRYPTION_KEY":        keyOf(32, 'k'),
		"CLERK_PUBLISHABLE_KEY": "pk_live_" + base64.RawStdEncoding.EncodeToString([]byte("clerk.example.com$")),
		"CLERK_SECRET_KEY":      "sk_live_x",
		"CLERK_ISSUER":          "https://clerk.example.com",
		"CLERK_WEBHOOK_SECRET":  "whsec_x",
		"GEMINI_API_KEY":        "g-key",
		"SMTP_URL":              "smtp://user:pw@mail.example.com:587",
		"EMAIL_FROM":            "sales@example.com",
	}
}

func keyOf(n int, fill byte) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, n))
}

// changed is the environment with some variables set anew, and those unset whose new value is "-".
func changed(vars map[string]string, changes ...string) map[string]string {
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == "-" {
			delete(vars, changes[i])
			continue
		}
		vars[changes[i]] = changes[i+1]
	}
	return vars
}

func environ(vars map[string]string) []string {
	list := []string{"PATH=/usr/bin", "UNRELATED="}
	for name, value := range vars {
		list = append(list, name+"="+value)
	}
	return list
}

// problemsOf is what `serve` and `work` would say of the environment, but for the database.
func problemsOf(vars map[string]string) []error {
	config, problems := readConfig(environ(vars))
	return append(problems, config.check()...)
}

// requireProblems wants exactly one mistake for each of the names, which begins with it.
func requireProblems(t *testing.T, problems []error, names ...string) {
	t.Helper()
	require.Len(t, problems, len(names), "%v", problems)
	for _, name := range names {
		found := 0
		for _, problem := range problems {
			if strings.HasPrefix(problem.Error(), name+" ") || strings.HasPrefix(problem.Error(), name+":") {
				found++
			}
		}
		require.Equal(t, 1, found, "%s is to be named once in %v", name, problems)
	}
}

func TestTheRequiredVariablesAreEnough(t *testing.T) {
	t.Parallel()
	require.Empty(t, problemsOf(complete()))
}

func TestEveryMissingVariableIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	required := make([]string, 0, len(complete()))
	for name := range complete() {
		required = append(required, name)
		requireProblems(t, problemsOf(changed(complete(), name, "-")), name)
	}
	requireProblems(t, problemsOf(nil), required...)
}

func TestAVariableThatIsSetButEmptyIsAMistake(t *testing.T) {
	t.Parallel()
	all := map[string]string{}
	for _, name := range variableNames() {
		for _, empty := range []string{"", " ", "\t\n"} {
			problems := problemsOf(changed(complete(), name, empty))
			requireProblems(t, problems, name)
			require.ErrorContains(t, problems[0], "is set but empty")
		}
		all[name] = ""
	}
	requireProblems(t, problemsOf(all), variableNames()...)
}

func TestAVendorIsSwitchedOnByAnyOfItsVariables(t *testing.T) {
	t.Parallel()
	vendors := map[string]struct {
		needs    map[string]string
		optional map[string]string
	}{
		"slack": {
			needs:    map[string]string{"SLACK_CLIENT_ID": "1", "SLACK_CLIENT_SECRET": "2", "SLACK_SIGNING_SECRET": "3"},
			optional: map[string]string{"SLACK_API_URL": "https://slack.com/api/"},
		},
		"stripe": {
			needs: map[string]string{
				"STRIPE_SECRET_KEY": "1", "STRIPE_WEBHOOK_SECRET": "2", "STRIPE_PRICE_STARTER": "3", "STRIPE_PRICE_PRO": "4",
			},
			optional: map[string]string{"STRIPE_API_URL": "https://api.stripe.com"},
		},
		"exa": {
			needs:    map[string]string{"EXA_API_KEY": "1"},
			optional: map[string]string{"EXA_API_URL": "https://api.exa.ai"},
		},
	}
	for vendor, v := range vendors {
		whole := complete()
		names := make([]string, 0, len(v.needs))
		for name, value := range v.needs {
			whole[name] = value
			names = append(names, name)
		}
		require.Empty(t, problemsOf(whole), vendor)
		for name, value := range v.needs {
			others := make([]string, 0, len(names))
			for _, other := range names {
				if other != name {
					others = append(others, other)
				}
			}
			requireProblems(t, problemsOf(changed(complete(), name, value)), others...)
		}
		// Even the address by which the vendor is known anyway says that the vendor is wanted.
		for name, value := range v.optional {
			requireProblems(t, problemsOf(changed(complete(), name, value)), names...)
		}
	}
}

func TestTheEnvironmentTagsNameEveryVendor(t *testing.T) {
	t.Parallel()
	for _, f := range variables() {
		prefix, _, _ := strings.Cut(strings.ToLower(f.Tag.Get("env")), "_")
		switch prefix {
		case "clerk", "stripe", "slack", "gemini", "exa", "resend":
			require.Equal(t, prefix, f.Tag.Get("vendor"), f.Name)
		default:
			require.Empty(t, f.Tag.Get("vendor"), f.Name)
		}
	}
}

func TestOneSenderIsNeeded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		changes []string
		named   []string
	}{
		"none":             {[]string{"SMTP_URL", "-"}, []string{"SMTP_URL"}},
		"SMTP":             {nil, nil},
		"Resend":           {[]string{"SMTP_URL", "-", "RESEND_API_KEY", "re_x"}, nil},
		"Resend elsewhere": {[]string{"SMTP_URL", "-", "RESEND_API_KEY", "re_x", "RESEND_API_URL", "http://localhost:1/resend"}, nil},
		"Resend's address": {[]string{"SMTP_URL", "-", "RESEND_API_URL", "https://api.resend.com"}, []string{"RESEND_API_KEY"}},
		"address and SMTP": {[]string{"RESEND_API_URL", "https://api.resend.com"}, []string{"RESEND_API_KEY"}},
		"both":             {[]string{"RESEND_API_KEY", "re_x"}, []string{"SMTP_URL"}},
		"an empty key":     {[]string{"SMTP_URL", "-", "RESEND_API_KEY", ""}, []string{"SMTP_URL", "RESEND_API_KEY"}},
		"no key at all":    {[]string{"SMTP_URL", "-", "RESEND_API_KEY", "re x"}, []string{"RESEND_API_KEY"}},
		"no address":       {[]string{"SMTP_URL", "-", "RESEND_API_KEY", "re_x", "RESEND_API_URL", "api.resend.com"}, []string{"RESEND_API_URL"}},
		"a day's keys":     {[]string{"SMTP_URL", "-", "RESEND_API_KEY", "re_x", "EMAIL_KEY_WINDOW", "24h"}, nil},
		"keys too old":     {[]string{"SMTP_URL", "-", "RESEND_API_KEY", "re_x", "EMAIL_KEY_WINDOW", "24h1s"}, []string{"EMAIL_KEY_WINDOW"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireProblems(t, problemsOf(changed(complete(), c.changes...)), c.named...)
		})
	}
}

func TestValuesThatCannotBe(t *testing.T) {
	t.Parallel()
	bad := map[string][]string{
		"HTTP_ADDR":                {"8080", "localhost"},
		"METRICS_ADDR":             {"9090"},
		"BASE_URL":                 {"leads.example.com", "ftp://leads.example.com", "https://", "//leads", "https://a.example?x=1", "https://u:p@a.example", ":"},
		"CLERK_ISSUER":             {"clerk.example.com", "https://"},
		"CLERK_API_URL":            {"api.clerk.com/v1"},
		"CLERK_PUBLISHABLE_KEY":    {"sk_live_x", "pk_live_", "pk_live_!!!", "pk_test_" + base64.StdEncoding.EncodeToString([]byte("clerk.example.com"))},
		"CLERK_AUTHORIZED_PARTIES": {"https://a.example,", "a.example", "https://a.example,,https://b.example"},
		"CLERK_WEBHOOK_SECRET":     {"whsec_a,", ",whsec_a", "whsec_a, ,whsec_b", ","},
		"CLERK_JWT_KEY":            {"hush", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"},
		"GEMINI_API_URL":           {"generativelanguage.googleapis.com"},
		"REDIS_URL":                {"localhost:6379", "http://localhost:6379", "redis://localhost:6379/one", "redis://:%zz@h"},
		"SMTP_URL":                 {"mail.example.com:587", "http://mail.example.com", "smtp://", "smtp://user@h", "smtp://h?tls=maybe"},
		"EMAIL_FROM":               {"sales", "Sales <sales@example.com>", "a@example.com,b@example.com", "a@example.com\r\nBcc: b@example.com", "ü@example.com"},
		"ENCRYPTION_KEY":           {"short", keyOf(31, 'k'), keyOf(33, 'k'), keyOf(32, 'k') + ",", keyOf(32, 'k') + "," + keyOf(31, 'l')},
		"DEFAULT_PLAN":             {"free", "Enterprise"},
		"RATE_LIMIT_PER_ADDRESS":   {"-1", "many", "1.5"},
		"RATE_LIMIT_PER_FORM":      {"-1"},
		"RUN_TOKEN_BUDGET":         {"-1", "1e6"},
		"ORG_TOKEN_BUDGET":         {"-1"},
		"REVIEW_REMIND":            {"0", "-30m", "30", "soon"},
		"REVIEW_ESCALATE":          {"0s"},
		"REVIEW_EXPIRE":            {"-1ns", "3d"},
		"LEASE_TTL":                {"0", "-15s", "1ns"},
		"SWEEP_EVERY":              {"0", "-5s"},
		"EMAIL_KEY_WINDOW":         {"0"},
		"TRUSTED_PROXIES":          {"proxy", "10.0.0.0/33", "10.0.0.1,", "10.0.0.1,,10.0.0.2"},
		"DATABASE_EXEC_MODE":       {"fast", "EXEC"},
		"LOG_LEVEL":                {"loud"},
	}
	every := complete()
	var names []string
	for name, values := range bad {
		for _, value := range values {
			requireNamed(t, problemsOf(changed(complete(), name, value)), name)
		}
		every[name] = values[0]
		names = append(names, name)
	}
	requireNamed(t, problemsOf(every), names...)
}

// requireNamed wants mistakes of all these variables and of no others.
func requireNamed(t *testing.T, problems []error, names ...string) {
	t.Helper()
	seen := map[string]bool{}
	for _, problem := range problems {
		name, _, _ := strings.Cut(problem.Error(), " ")
		seen[strings.TrimSuffix(name, ":")] = true
	}
	wanted := map[string]bool{}
	for _, name := range names {
		wanted[name] = true
	}
	require.Equal(t, wanted, seen, "%v", problems)
}

func TestValuesThatCanBe(t *testing.T) {
	t.Parallel()
	good := map[string][]string{
		"HTTP_ADDR":                {":80", "127.0.0.1:0", "[::1]:8080"},
		"BASE_URL":                 {"http://localhost:8080", "https://leads.example.com/"},
		"CLERK_API_URL":            {"http://127.0.0.1:8090/clerk/v1"},
		"CLERK_AUTHORIZED_PARTIES": {"https://a.example", "https://a.example, https://b.example"},
		"CLERK_WEBHOOK_SECRET":     {"whsec_new,whsec_old", "whsec_new, whsec_old"},
		"REDIS_URL":                {"rediss://user:pw@redis.example.com:6380/2", "unix:///run/redis.sock"},
		"SMTP_URL":                 {"smtps://user:pw@mail.example.com", "smtp://127.0.0.1:2525", "smtp://mail.example.com?tls=none"},
		"ENCRYPTION_KEY":           {keyOf(32, 'n') + ", " + keyOf(32, 'o')},
		"DEFAULT_PLAN":             {"starter", "pro", "enterprise"},
		"RATE_LIMIT_PER_ADDRESS":   {"0", "5"},
		"ORG_TOKEN_BUDGET":         {"0", "5000000"},
		"LEASE_TTL":                {"2s", "1m30s"},
		"TRUSTED_PROXIES":          {"10.0.0.1", "10.0.0.0/8, 172.16.0.0/12,::1", "fd00::/8"},
		"DATABASE_EXEC_MODE":       {"exec", "simple_protocol"},
		"LOG_LEVEL":                {"debug", "WARN"},
	}
	for name, values := range good {
		for _, value := range values {
			require.Empty(t, problemsOf(changed(complete(), name, value)), "%s=%s", name, value)
		}
	}
}

func TestListsLoseTheSpacesAroundTheirCommas(t *testing.T) {
	t.Parallel()
	config, problems := readConfig(environ(changed(complete(),
		"CLERK_WEBHOOK_SECRET", "new , old", "TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2", "ENCRYPTION_KEY", keyOf(32, 'n')+", "+keyOf(32, 'o'))))
	require.Empty(t, problems)
	require.Equal(t, "new,old", config.ClerkWebhookSecret)
	require.Equal(t, []string{"10.0.0.1", "10.0.0.2"}, config.TrustedProxies)
	keys, err := config.encryptionKeys()
	require.NoError(t, err)
	require.Equal(t, [][]byte{bytes.Repeat([]byte{'n'}, 32), bytes.Repeat([]byte{'o'}, 32)}, keys)
}

func TestWhatCannotBeReadHasItsDefaultBesideTheMistake(t *testing.T) {
	t.Parallel()
	config, problems := readConfig(environ(changed(complete(), "LEASE_TTL", "soon", "RATE_LIMIT_PER_FORM", "many", "SWEEP_EVERY", "")))
	requireProblems(t, problems, "LEASE_TTL", "RATE_LIMIT_PER_FORM", "SWEEP_EVERY")
	without, _ := readConfig(environ(complete()))
	require.Equal(t, without.LeaseTTL, config.LeaseTTL)
	require.Equal(t, without.RateLimitPerForm, config.RateLimitPerForm)
	require.Equal(t, without.SweepEvery, config.SweepEvery)
}

// Canaries in every place of a value that can hold a secret.
func canaries() (vars map[string]string, secrets []string) {
	vars = complete()
	hide := func(format string) string {
		canary := fmt.Sprintf("canary%dx", len(secrets))
		secrets = append(secrets, canary)
		return fmt.Sprintf(format, canary)
	}
	for _, f := range variables() {
		name := f.Tag.Get("env")
		switch f.Tag.Get("secret") {
		case "yes":
			vars[name] = hide("%s")
			if f.Tag.Get("list") != "" {
				vars[name] += hide(",%s")
			}
		case "url":
			vars[name] = hide("scheme://%s") + hide(":%s@host.example:1/path") + hide("?password=%s")
		}
	}
	return vars, secrets
}

func TestNoSecretIsEverPrinted(t *testing.T) {
	t.Parallel()
	vars, secrets := canaries()
	require.Greater(t, len(secrets), 15)
	config, problems := readConfig(environ(vars))
	outputs := printed(t, config)
	outputs["problems"] = fmt.Sprint(append(problems, config.check()...))
	for how, text := range outputs {
		for _, secret := range secrets {
			require.NotContains(t, text, secret, how)
		}
	}
	for _, how := range []string{"Sprint", "slog text", "slog JSON", "json"} {
		require.Contains(t, outputs[how], "https://leads.example.com", how)
		require.Contains(t, outputs[how], "host.example:1/path", how)
	}
}

func TestAnAddressInAnotherFormIsASecretAltogether(t *testing.T) {
	t.Parallel()
	config, problems := readConfig(environ(changed(complete(),
		"DATABASE_URL", "host=db.example.com user=app password=hush", "REDIS_URL", "redis:hush", "SMTP_URL", "smtp://a:hush@%zz")))
	require.Empty(t, problems)
	for how, text := range printed(t, config) {
		require.NotContains(t, text, "hush", how)
	}
	require.NotContains(t, fmt.Sprint(config.check()), "hush")
}

// printed is the configuration in every form in which something may print it.
func printed(t *testing.T, config Config) map[string]string {
	t.Helper()
	holder := struct {
		Config  Config
		Pointer *Config
	}{config, &config}
	outputs := map[string]string{"Sprint": fmt.Sprint(config), "String": config.String(), "error": errors.Join(fmt.Errorf("%v", config)).Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		outputs[verb] = fmt.Sprintf(verb, config)
		outputs[verb+" pointer"] = fmt.Sprintf(verb, &config)
		outputs[verb+" inside"] = fmt.Sprintf(verb, holder)
	}
	var text, lines bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("start", "config", config, "pointer", &config)
	slog.New(slog.NewJSONHandler(&lines, nil)).Info("start", "config", config, "pointer", &config, "inside", holder)
	outputs["slog text"], outputs["slog JSON"] = text.String(), lines.String()
	encoded, err := json.Marshal(holder)
	require.NoError(t, err)
	outputs["json"] = string(encoded)
	return outputs
}

// A variable whose name sounds like a secret is tagged as one.
func TestSecretsAreTagged(t *testing.T) {
	t.Parallel()
	public := map[string]bool{"CLERK_PUBLISHABLE_KEY": true, "CLERK_JWT_KEY": true, "EMAIL_KEY_WINDOW": true}
	for _, f := range variables() {
		name := f.Tag.Get("env")
		sounds := strings.Contains(name, "SECRET") || strings.Contains(name, "KEY") || strings.HasSuffix(name, "_URL") && f.Tag.Get("vendor") == ""
		if !sounds || public[name] || name == "BASE_URL" {
			require.Empty(t, f.Tag.Get("secret"), name)
			continue
		}
		require.NotEmpty(t, f.Tag.Get("secret"), name)
		require.Equal(t, reflect.String, f.Type.Kind(), "%s has to be one text, so that it can be hidden", name)
	}
}
