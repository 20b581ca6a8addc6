package leads_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
)

func good() leads.Raw {
	return leads.Raw{Email: "jane@northwind.example", Name: "Jane Doe", Message: "We would like a demo."}
}

func fieldsOf(t *testing.T, err error) []string {
	t.Helper()
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	names := make([]string, len(f.Fields))
	for i, field := range f.Fields {
		names[i] = field.Name
		require.True(t, strings.HasSuffix(field.Message, "."), field.Message)
	}
	return names
}

func TestFieldRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*leads.Raw)
		bad    string // empty: accepted
	}{
		{"as it is", func(*leads.Raw) {}, ""},
		{"name of 1", func(r *leads.Raw) { r.Name = "J" }, "name"},
		{"name of 2", func(r *leads.Raw) { r.Name = "李明" }, ""},
		{"name of 50", func(r *leads.Raw) { r.Name = strings.Repeat("ü", 50) }, ""},
		{"name of 51", func(r *leads.Raw) { r.Name = strings.Repeat("ü", 51) }, "name"},
		{"name of spaces", func(r *leads.Raw) { r.Name = "   " }, "name"},
		{"message of 9", func(r *leads.Raw) { r.Message = "123456789" }, "message"},
		{"message of 10", func(r *leads.Raw) { r.Message = " 1234567890 " }, ""},
		{"message of 500", func(r *leads.Raw) { r.Message = strings.Repeat("字", 500) }, ""},
		{"message of 501", func(r *leads.Raw) { r.Message = strings.Repeat("字", 501) }, "message"},
		{"message of zero-width spaces", func(r *leads.Raw) { r.Message = strings.Repeat("\u200b", 20) }, "message"},
		{"phone", func(r *leads.Raw) { r.Phone = "+46 (0)8-123 456 78" }, ""},
		{"phone of 9 digits", func(r *leads.Raw) { r.Phone = "123 456 789" }, "phone"},
		{"phone with letters", func(r *leads.Raw) { r.Phone = "0800 CALL ME 1234567" }, "phone"},
		{"company of 101", func(r *leads.Raw) { r.Company = strings.Repeat("x", 101) }, "company"},
		{"no email", func(r *leads.Raw) { r.Email = "" }, "email"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			raw := good()
			c.change(&raw)
			_, err := leads.ParseSubmission(raw)
			if c.bad == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, []string{c.bad}, fieldsOf(t, err))
		})
	}
}

func TestEveryMistakeIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := leads.ParseSubmission(leads.Raw{Phone: "x"})
	require.Equal(t, []string{"name", "email", "phone", "message"}, fieldsOf(t, err))
}

func TestEmailIsOneAddressAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, ok := range []string{"a@b.io", "first.last+tag@sub.example.com", "o'neil@example.com", " jane@northwind.example ", "jürgen@müller.example"} {
		_, accepted := leads.ParseEmail(ok)
		require.True(t, accepted, ok)
	}
	for _, bad := range []string{
		"", "jane", "@b.io", "a@", "a@b", "a b@c.io", "a@b.io, c@d.io", "a@b.io;c@d.io", "Jane <a@b.io>", "a@b.io\r\nBcc: c@d.io", "a@b.io%0d%0aBcc:c@d.io",
		`"a b"@c.io`, "a@[127.0.0.1]", "a@b..io", "a@-b.io", "a@b.1", "a@b.io(comment)", "a@b.io\u202e", strings.Repeat("a", 65) + "@b.io",
		"a@" + strings.Repeat("b.", 130) + "io", "a@b_c.io",
	} {
		_, accepted := leads.ParseEmail(bad)
		require.False(t, accepted, "%q", bad)
	}
}

func TestNothingInvisibleGetsThrough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		raw := good()
		raw.Name = "Jane" + rapid.String().Draw(t, "name")
		raw.Message = "A message. " + rapid.String().Draw(t, "message")
		raw.Company = rapid.String().Draw(t, "company")
		s, err := leads.ParseSubmission(raw)
		if err != nil {
			return
		}
		for _, text := range []string{s.Name, s.Company} {
			for _, r := range text {
				if unicode.IsControl(r) || r == '\u202e' || r == '\u200b' {
					t.Fatalf("%q keeps %U", text, r)
				}
			}
		}
		for _, r := range s.Message {
			if unicode.IsControl(r) && r != '\n' && r != '\t' {
				t.Fatalf("%q keeps %U", s.Message, r)
			}
		}
		if n := utf8.RuneCountInString(s.Message); n < leads.MinMessage || n > leads.MaxMessage {
			t.Fatalf("message of %d", n)
		}
		again, err := leads.ParseSubmission(leads.Raw{
			Email: s.Email.String(), Name: s.Name, Company: s.Company, Phone: s.Phone, Message: s.Message,
		})
		if err != nil || again.Message != s.Message || again.Name != s.Name {
			t.Fatalf("parsing what was parsed changes it: %v", err)
		}
	})
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	parse := func(change func(*leads.Raw)) string {
		raw := good()
		change(&raw)
		s, err := leads.ParseSubmission(raw)
		require.NoError(t, err)
		return s.Fingerprint()
	}
	same := parse(func(*leads.Raw) {})
	require.Equal(t, same, parse(func(r *leads.Raw) { r.Email = "JANE@northwind.example" }))
	require.Equal(t, same, parse(func(r *leads.Raw) { r.Message = "We would  like\n a DEMO." }))
	require.NotEqual(t, same, parse(func(r *leads.Raw) { r.Message = "We would like two demos." }))
	require.NotEqual(t, same, parse(func(r *leads.Raw) { r.Email = "joe@northwind.example" }))
}
