package main

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/web"
)

// bodyCase is a request to be refused.
type bodyCase struct {
	name    string
	body    string
	headers []string // instead of the usual content type
	status  int
	field   string // that is named; empty: any
}

const kibi = 1 << 10

// badJSON are bodies that the API must refuse.
func badJSON() []bodyCase {
	padded := func(size int) string {
		body := sentJSON(1)
		return body + strings.Repeat(" ", size-len(body))
	}
	with := func(field, literal string) string {
		return strings.Replace(sentJSON(1, field, "HERE"), `"HERE"`, literal, 1)
	}
	extra := func(literal string) string { return strings.TrimSuffix(sentJSON(1), "}") + "," + literal + "}" }
	encoding := func(value string) []string {
		return []string{"Content-Type", "application/json", "Content-Encoding", value}
	}
	kind := func(value string) []string { return []string{"Content-Type", value} }
	const bad, large, unsupported, invalid = http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity
	return []bodyCase{
		{name: "one byte over 256 KiB", body: padded(256*kibi + 1), status: large},
		{name: "a megabyte and a byte", body: padded(1024*kibi + 1), status: large},
		{name: "four megabytes", body: padded(4096 * kibi), status: large},
		{name: "gzip", body: sentJSON(1), headers: encoding("gzip"), status: unsupported},
		{name: "GZIP", body: sentJSON(1), headers: encoding("GZIP"), status: unsupported},
		{name: "br", body: sentJSON(1), headers: encoding("br"), status: unsupported},
		{name: "deflate", body: sentJSON(1), headers: encoding("deflate"), status: unsupported},
		{name: "identity and gzip", body: sentJSON(1), headers: encoding("identity, gzip"), status: unsupported},
		{name: "identity, then gzip in a header of its own", body: sentJSON(1), headers: append(encoding("identity"), "Content-Encoding", "gzip"), status: unsupported},
		{name: "no content type", body: sentJSON(1), headers: []string{"X-Nothing", "1"}, status: unsupported},
		{name: "text/plain", body: sentJSON(1), headers: kind("text/plain"), status: unsupported},
		{name: "a form's type", body: sentJSON(1), headers: kind("application/x-www-form-urlencoded"), status: unsupported},
		{name: "a form's body", body: "form=acme-demo&name=Ann", headers: kind("application/x-www-form-urlencoded"), status: unsupported},
		{name: "multipart", body: "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nAnn\r\n--x--\r\n", headers: kind("multipart/form-data; boundary=x"), status: unsupported},
		{name: "multipart without a boundary", body: "x", headers: kind("multipart/form-data"), status: unsupported},
		{name: "json in the parameter alone", body: sentJSON(1), headers: kind("text/plain; a=application/json"), status: unsupported},
		{name: "nothing", body: "", status: bad},
		{name: "white space", body: " \r\n\t ", status: bad},
		{name: "an array", body: "[]", status: bad},
		{name: "an array of submissions", body: "[" + sentJSON(1) + "]", status: bad},
		{name: "a text", body: `"x"`, status: bad},
		{name: "a number", body: `1`, status: bad},
		{name: "true", body: `true`, status: bad},
		{name: "null", body: `null`, status: invalid, field: "form"},
		{name: "an empty object", body: `{}`, status: invalid, field: "form"},
		{name: "not closed", body: strings.TrimSuffix(sentJSON(1), "}"), status: bad},
		{name: "cut in a text", body: sentJSON(1)[:20], status: bad},
		{name: "a comma too many", body: strings.TrimSuffix(sentJSON(1), "}") + ",}", status: bad},
		{name: "single quotes", body: strings.ReplaceAll(sentJSON(1), `"`, `'`), status: bad},
		{name: "a comment", body: "/* */" + sentJSON(1), status: bad},
		{name: "NaN", body: extra(`"phone":NaN`), status: bad},
		{name: "a byte order mark", body: "\ufeff" + sentJSON(1), status: bad},
		{name: "UTF-16", body: "\xff\xfe{\x00}\x00", status: bad},
		{name: "text after it", body: sentJSON(1) + "x", status: bad},
		{name: "another object after it", body: sentJSON(1) + sentJSON(2), status: bad},
		{name: "a bracket after it", body: sentJSON(1) + "]", status: bad},
		{name: "NUL raw", body: with("name", "\"Ann\x00Lee\""), status: bad},
		{name: "NUL after it", body: sentJSON(1) + "\x00", status: bad},
		{name: "NUL escaped", body: with("name", `"Ann\u0000Lee"`), status: bad},
		{name: "NUL escaped in a name", body: extra(`"a\u0000":1`), status: invalid},
		{name: "bad UTF-8", body: with("name", "\"Ann \xff\xfe Lee\""), status: bad},
		{name: "overlong UTF-8", body: with("name", "\"Ann \xc0\xaf Lee\""), status: bad},
		{name: "a surrogate in UTF-8", body: with("name", "\"Ann \xed\xa0\x80 Lee\""), status: bad},
		{name: "a lone high surrogate", body: with("name", `"Ann \ud83d Lee"`), status: bad},
		{name: "a lone low surrogate", body: with("name", `"Ann \ude00 Lee"`), status: bad},
		{name: "surrogates in the wrong order", body: with("name", `"Ann \ude00\ud83d Lee"`), status: bad},
		{name: "a raw line break in a text", body: with("name", "\"Ann\nLee\""), status: bad},
		{name: "a bad escape", body: with("name", `"Ann\x41"`), status: bad},
		{name: "a field twice", body: extra(`"name":"Eve Lee"`), status: bad},
		{name: "a field twice in other letters", body: extra(`"NAME":"Eve Lee"`), status: bad},
		{name: "a field twice, once escaped", body: extra(`"n\u0061me":"Eve Lee"`), status: bad},
		{name: "a field twice by Unicode's folding", body: extra(`"meſſage":"Another message, quite different."`), status: bad},
		{name: "a field twice deep down", body: extra(`"x":{"y":[{"a":1,"b":{},"a":2}]}`), status: bad},
		{name: "10,000 arrays deep", body: extra(`"x":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)), status: bad},
		{name: "10,000 objects deep", body: strings.Repeat(`{"x":`, 10_000) + "1" + strings.Repeat("}", 10_000), status: bad},
		{name: "10,000 deep and never closed", body: strings.Repeat("[", 10_000), status: bad},
		{name: "100,000 deep and never closed", body: strings.Repeat("[", 100_000), status: bad},
		{name: "a huge number", body: extra(`"phone":1e999999999`), status: invalid, field: "phone"},
		{name: "a number with 10,000 digits", body: with("name", strings.Repeat("9", 10_000)), status: invalid, field: "name"},
		{name: "a number as a name", body: with("name", `12`), status: invalid, field: "name"},
		{name: "an object as an address", body: with("email", `{"$ne":""}`), status: invalid, field: "email"},
		{name: "an array as an address", body: with("email", `["a@b.example","c@d.example"]`), status: invalid, field: "email"},
		{name: "true as a message", body: with("message", `true`), status: invalid, field: "message"},
		{name: "null as a name", body: with("name", `null`), status: invalid, field: "name"},
		{name: "an array as a form", body: with("form", `[]`), status: invalid, field: "form"},
		{name: "a field that is not known", body: extra(`"org_id":"org_globex"`), status: invalid, field: "org_id"},
		{name: "a status of one's own", body: extra(`"status":"approved"`), status: invalid, field: "status"},
		{name: "a lead's id of one's own", body: extra(`"id":"01890000-0000-7000-8000-000000000000"`), status: invalid, field: "id"},
		{name: "a field with a name of 100,000", body: extra(`"` + strings.Repeat("x", 100_000) + `":1`), status: invalid},
		{name: "100,000 fields", body: "{" + strings.TrimSuffix(strings.Repeat(`"a":1,`, 30_000), ",") + "}", status: bad},
		{name: "no form", body: with("form", `""`), status: invalid, field: "form"},
		{name: "a form that is not known", body: sentJSON(1, "form", "no-such-form"), status: http.StatusNotFound},
		{name: "a form with SQL", body: sentJSON(1, "form", "acme-demo' OR 1=1 --"), status: http.StatusNotFound},
		{name: "a form of 100,000", body: sentJSON(1, "form", strings.Repeat("k", 100_000)), status: http.StatusNotFound},
	}
}

// TestHostileBodies sends what no client should to the public doors. Each is answered with a clear 4xx, and nothing is stored.
func TestHostileBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)

	for _, c := range badJSON() {
		t.Run("API/"+c.name, func(t *testing.T) {
			w, untouched := w.watched(t)
			headers := c.headers
			if headers == nil {
				headers = []string{"Content-Type", "application/json"}
			}
			body := requireProblem(t, w.send(w.request(http.MethodPost, "/api/submit", c.body, headers...)), c.status)
			if c.field != "" {
				require.Contains(t, body.fields(), c.field)
			}
			untouched()
		})
	}
	for _, c := range badForms(w) {
		t.Run("form/"+c.name, func(t *testing.T) {
			w, untouched := w.watched(t)
			headers := c.headers
			if headers == nil {
				headers = []string{"Content-Type", "application/x-www-form-urlencoded"}
			}
			answer := w.send(w.request(http.MethodPost, "/f/acme-demo", c.body, headers...))
			requirePage(t, answer, c.status)
			untouched()
		})
	}
	for _, c := range badFields() {
		t.Run("field/"+c.name, func(t *testing.T) {
			w, untouched := w.watched(t)
			body := requireProblem(t, w.postJSON(sentJSON(1, c.field, c.value)), http.StatusUnprocessableEntity)
			require.Equal(t, []string{c.field}, body.fields())
			typed := w.typed(1, c.field, c.value)
			answer := w.postForm("acme-demo", typed.Encode())
			requirePage(t, answer, http.StatusUnprocessableEntity)
			require.Contains(t, answer.body, "There is a problem")
			require.Contains(t, answer.body, `href="#field-`+c.field+`"`, "the summary leads to the field")
			requireKept(t, answer.body, typed)
			untouched()
		})
	}
	t.Run("every field wrong at once", func(t *testing.T) {
		w, untouched := w.watched(t)
		body := requireProblem(t, w.postJSON(sentJSON(1, "name", "", "email", "", "message", "", "phone", "1", "company", strings.Repeat("c", 101))), http.StatusUnprocessableEntity)
		require.ElementsMatch(t, []string{"name", "email", "company", "phone", "message"}, body.fields())
		untouched()
	})
	for name, text := range brokenHTTP() {
		t.Run("wire/"+name, func(t *testing.T) {
			w, untouched := w.watched(t)
			answer := w.raw(text)
			require.GreaterOrEqual(t, answer.status, 400, answer.body)
			require.Less(t, answer.status, 500, answer.body)
			requireSecured(t, answer)
			untouched()
		})
	}
	for _, path := range []string{"/f/%00", "/f/%ff%fe", "/f/%2e%2e%2f", "/f/" + strings.Repeat("k", 5000), "/f/acme-demo%20", "/f/acme-demo/", "/f/ACME-DEMO", "/f/", "/f/'%20OR%201=1"} {
		t.Run("path/"+path[:min(len(path), 30)], func(t *testing.T) {
			w, untouched := w.watched(t)
			requirePage(t, w.send(w.request(http.MethodGet, path, "")), http.StatusNotFound)
			requirePage(t, w.send(w.request(http.MethodPost, path, w.typed(1).Encode(), "Content-Type", "application/x-www-form-urlencoded")), http.StatusNotFound)
			untouched()
		})
	}
}

// requireKept wants everything that was typed in the page again, as text.
func requireKept(t *testing.T, page string, typed url.Values) {
	t.Helper()
	for name, values := range typed {
		if name != web.FieldHoneypot && values[0] != "" {
			require.True(t, strings.Contains(normalised(page), normalised(html.EscapeString(values[0]))), "%s is kept: %q", name, values[0])
		}
	}
}

// normalised makes the spellings of one character the same.
func normalised(s string) string {
	return strings.NewReplacer("&#34;", `"`, "&quot;", `"`, "&#39;", `'`, "&#43;", "+", "&#13;", "\n", "\r\n", "\n", "\r", "\n").Replace(s)
}

// badForms are bodies that the hosted form must refuse.
func badForms(w *world) []bodyCase {
	good := w.typed(1).Encode()
	encoding := func(value string) []string {
		return []string{"Content-Type", "application/x-www-form-urlencoded", "Content-Encoding", value}
	}
	kind := func(value string) []string { return []string{"Content-Type", value} }
	const bad, large, unsupported, invalid = http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity
	return []bodyCase{
		{name: "one byte over 256 KiB", body: good + "&x=" + strings.Repeat("x", 256*kibi-len(good)-2), status: large},
		{name: "a message over 256 KiB", body: w.typed(1, "message", strings.Repeat("long ", 60*kibi)).Encode(), status: large},
		{name: "two megabytes", body: strings.Repeat("x", 2048*kibi), status: large},
		{name: "gzip", body: good, headers: encoding("gzip"), status: unsupported},
		{name: "br", body: good, headers: encoding("br"), status: unsupported},
		{name: "deflate", body: good, headers: encoding("deflate"), status: unsupported},
		{name: "no content type", body: good, headers: []string{"X-Nothing", "1"}, status: unsupported},
		{name: "text/plain", body: good, headers: kind("text/plain"), status: unsupported},
		{name: "JSON", body: sentJSON(1), headers: kind("application/json"), status: unsupported},
		{name: "multipart", body: "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nAnn\r\n--x--\r\n", headers: kind("multipart/form-data; boundary=x"), status: unsupported},
		{name: "nothing", body: "", status: invalid},
		{name: "one name alone", body: "name", status: invalid},
		{name: "no form at all", body: "\x01\x02\x03", status: invalid},
		{name: "NUL as %00", body: good + "&referrer=%00", status: bad},
		{name: "NUL in a name", body: good + "&a%00b=1", status: bad},
		{name: "NUL raw", body: good + "&referrer=\x00", status: bad},
		{name: "bad UTF-8 as %ff", body: good + "&referrer=%ff%fe", status: bad},
		{name: "bad UTF-8 in a name", body: good + "&%ff=1", status: bad},
		{name: "a percent sign that stands for nothing", body: good + "&referrer=%zz", status: bad},
		{name: "a percent sign at the end", body: good + "&referrer=%", status: bad},
		{name: "a semicolon between fields", body: good + ";a=1", status: bad},
		{name: "a field twice", body: good + "&email=eve%40evil.example", status: bad},
		{name: "the fields in the address", body: "", status: invalid},
	}
}

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

// brokenHTTP are requests that break HTTP itself.
func brokenHTTP() map[string]string {
	head := "POST /api/submit HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Type: application/json\r\n"
	return map[string]string{
		"a negative length":        head + "Content-Length: -1\r\n\r\n{}",
		"a length of no number":    head + "Content-Length: many\r\n\r\n{}",
		"two lengths":              head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
		"a length beyond 64 bits":  head + "Content-Length: 99999999999999999999999\r\n\r\n{}",
		"a promised terabyte":      head + "Content-Length: 1099511627776\r\n\r\n{}",
		"chunks that are no hex":   head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
		"a chunk of 2 MiB":         head + "Transfer-Encoding: chunked\r\n\r\n200000\r\n" + strings.Repeat("x", 2048*kibi) + "\r\n0\r\n\r\n",
		"headers of 64 KiB":        head + "X-Long: " + strings.Repeat("x", 64*kibi) + "\r\n\r\n",
		"an address of 64 KiB":     "GET /f/acme-demo?x=" + strings.Repeat("x", 64*kibi) + " HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
		"a method that is none":    "BREW /api/submit HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
		"TRACE":                    "TRACE / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
		"another method":           "PUT /api/submit HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
		"GET of a submission":      "GET /api/submit HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
		"a header without a colon": "GET /f/acme-demo HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nnonsense\r\n\r\n",
		"no HTTP":                  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
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
