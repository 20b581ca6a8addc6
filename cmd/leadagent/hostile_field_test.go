package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
)

// fieldCase is a value that a field must refuse.
type fieldCase struct{ name, field, value string }

func badFields() []fieldCase {
	cases := []fieldCase{
		{"an empty name", "name", ""},
		{"a name of one letter", "name", "A"},
		{"a name of one letter and spaces", "name", "  A \t "},
		{"a name of one character beyond 16 bits", "name", "😀"},
		{"a name of 51 letters", "name", strings.Repeat("n", 51)},
		{"a name of 51 characters beyond 16 bits", "name", strings.Repeat("😀", 51)},
		{"a name that cannot be seen", "name", "\u200b\u200b\u2060\u2060"},
		{"a name of joiners", "name", "\u200d\u200d\u200d"},
		{"a name of direction marks", "name", "\u200e\u200f\u061c"},
		{"a company of 101", "company", strings.Repeat("c", 101)},
		{"a message of nine", "message", "123456789"},
		{"a message of nine and spaces", "message", "   12345 789   \n\n"},
		{"a message of nine beyond 16 bits", "message", strings.Repeat("😀", 9)},
		{"a message of 501", "message", strings.Repeat("m", 501)},
		{"a message of 501 beyond ASCII", "message", strings.Repeat("ü", 501)},
		{"a message of spaces", "message", strings.Repeat(" ", 40)},
		{"a message that cannot be seen", "message", strings.Repeat("\u200b", 40)},
		{"an empty message", "message", ""},
		{"a phone of nine digits", "phone", "+1 (234) 567-89"},
		{"a phone without digits", "phone", "++++----(())"},
		{"a phone with letters", "phone", "0800 FLOWERS 12"},
		{"a phone with an extension", "phone", "0123456789;ext=5"},
		{"a phone of other digits", "phone", "٠١٢٣٤٥٦٧٨٩"},
		{"a phone of 31", "phone", strings.Repeat("1", 31)},
		{"a phone with a line break and a header", "phone", "0123456789\r\nBcc: eve@evil.example"},
		{"an empty email", "email", ""},
		{"an email of spaces", "email", "   "},
	}
	for _, address := range hostileAddresses() {
		cases = append(cases, fieldCase{fmt.Sprintf("email %.40q", address), "email", address})
	}
	return cases
}

// hostileAddresses are no addresses, or more than one, or carry more than one.
func hostileAddresses() []string {
	return []string{
		"a@b.example\r\nBcc: eve@evil.example", "a@b.example\nBcc: eve@evil.example", "a@b.example\rBcc: eve@evil.example",
		"a@b.example%0d%0aBcc:eve@evil.example", "a@b.example%0aBcc%3aeve@evil.example", "a%0d%0a@b.example", "a@b.example\u2028Bcc: eve@evil.example",
		"a@b.example,eve@evil.example", "a@b.example, eve@evil.example", "a@b.example;eve@evil.example", "a@b.example eve@evil.example",
		"a@b.example\teve@evil.example", "Ann <a@b.example>", "<a@b.example>", `"Ann Lee" <a@b.example>`, "a@b.example <eve@evil.example>", "Ann a@b.example",
		"mailto:a@b.example", "a@b.example?cc=eve@evil.example", "friends:a@b.example,eve@evil.example;", "undisclosed-recipients:;",
		`"a b"@c.example`, "\"a\r\nb\"@c.example", `"a@b"@c.example`, "a@b@c.example", "a(comment)@b.example", "a@b.example(comment)", "a@[127.0.0.1]", "a@[IPv6:::1]",
		"a@127.0.0.1", "a@localhost", "a@b", "@b.example", "a@", "a", "a@.example", "a@b..example", "a@-b.example", "a@b-.example", "a@b.example.", "a@b_c.example",
		".a@b.example", "a.@b.example", "a..b@c.example", "a\u200bb@c.example", "a@b\u200b.example", "a\u202eb@c.example", "a\u200eb@c.example", "a\u200db@c.example",
		"a\u2066b@c.example", "a\u00a0b@c.example", "a@b.e", "a@b.123", "a@b.example/x", `a@b.example\`, strings.Repeat("a", 65) + "@b.example",
		"a@" + strings.Repeat("b.", 126) + "example", "a@" + strings.Repeat("b", 64) + ".example", "a@b.exam ple", "a@b.example\x01", "a\x7f@b.example",
	}
}

// TestFieldBorders sends what is just allowed, and looks at what was stored.
func TestFieldBorders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	exact := sentJSON(900)
	accepted := []struct {
		name, field, value, stored string
	}{
		{"a name of two", "name", "Bo", "Bo"},
		{"a name of 50", "name", strings.Repeat("n", 50), strings.Repeat("n", 50)},
		{"a name of 50 beyond 16 bits", "name", strings.Repeat("😀", 50), strings.Repeat("😀", 50)},
		{"a name of 50 in two parts each", "name", strings.Repeat("e\u0301", 50), strings.Repeat("é", 50)},
		{"a name with spaces around", "name", "  Ann \t Lee ", "Ann Lee"},
		{"a name with a header", "name", "Ann\r\nBcc: eve@evil.example", "Ann Bcc: eve@evil.example"},
		{"a name with joiners", "name", "नर्\u200dस", "नर्\u200dस"},
		{"a name turned around", "name", "Ann\u202e\u200f eeL", "Ann eeL"},
		{"a message of ten", "message", "1234567890", "1234567890"},
		{"a message of ten beyond 16 bits", "message", strings.Repeat("😀", 10), strings.Repeat("😀", 10)},
		{"a message of 500 beyond ASCII", "message", strings.Repeat("ü", 500), strings.Repeat("ü", 500)},
		{"a message of 500 with a browser's breaks", "message", strings.Repeat("a\r\n", 249) + "ab", strings.Repeat("a\n", 249) + "ab"},
		{"a message of markup", "message", "<script>alert(1)</script> <!channel> =1+1", "<script>alert(1)</script> <!channel> =1+1"},
		{"a phone of ten digits", "phone", "+1 (234) 567-890", "+1 (234) 567-890"},
		{"a phone of 30", "phone", strings.Repeat("1", 30), strings.Repeat("1", 30)},
		{"a company of 100", "company", strings.Repeat("ö", 100), strings.Repeat("ö", 100)},
		{"a company of SQL", "company", "'); DROP TABLE leads; --", "'); DROP TABLE leads; --"},
		{"an email with a tag", "email", "ann+tag@b.example", "ann+tag@b.example"},
		{"an email with spaces around", "email", " ann@c.example ", "ann@c.example"},
		{"an email beyond ASCII", "email", "änn@bücher.example", "änn@bücher.example"},
		{"an email of 64 before the @", "email", strings.Repeat("a", 64) + "@b.example", strings.Repeat("a", 64) + "@b.example"},
	}
	for i, c := range accepted {
		t.Run(c.name, func(t *testing.T) {
			w := w.with(t)
			message := fmt.Sprintf("Please call us about case %d.", i)
			changes := []any{"message", message, c.field, c.value}
			id := answered(t, w.postJSON(sentJSON(i, changes...)))
			var stored string
			w.query(`SELECT to_jsonb(l)->>$2 FROM leads l WHERE id = $1`, []any{id, c.field}, &stored)
			require.Equal(t, c.stored, stored)

			answer := w.postForm("globex-demo", w.typed(i, "message", message, "form_token", w.stamp("globex-demo", 3e9), c.field, c.value).Encode())
			require.Equal(t, http.StatusSeeOther, answer.status, answer.body)
			w.query(`SELECT to_jsonb(l)->>$1 FROM leads l WHERE org_id = $2 ORDER BY created_at DESC LIMIT 1`, []any{c.field, clerk.GlobexID}, &stored)
			require.Equal(t, c.stored, stored)
		})
	}
	t.Run("exactly 256 KiB", func(t *testing.T) {
		answered(t, w.postJSON(exact+strings.Repeat(" ", 256*kibi-len(exact))))
	})
	t.Run("identity is no compression", func(t *testing.T) {
		answered(t, w.postJSON(sentJSON(901), "Content-Encoding", "identity"))
	})
	t.Run("a content type with a charset", func(t *testing.T) {
		request := w.request(http.MethodPost, "/api/submit", sentJSON(902), "Content-Type", "Application/JSON; charset=utf-8")
		answered(t, w.send(request))
	})
	require.Zero(t, w.count(`SELECT count(*) FROM leads WHERE status = 'quarantined'`))
}
