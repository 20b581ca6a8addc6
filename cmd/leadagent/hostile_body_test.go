package main

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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

// brokenHTTP are requests that break HTTP itself.
func brokenHTTP() map[string]string {
	head := "POST /api/submit HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Type: application/json\r\n"
	return map[string]string{
		"a negative length":           head + "Content-Length: -1\r\n\r\n{}",
		"a length of no number":       head + "Content-Length: many\r\n\r\n{}",
		"two lengths":                 head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
		"a length beyond 64 bits":     head + "Content-Length: 99999999999999999999999\r\n\r\n{}",
		"a promised terabyte":         head + "Content-Length: 1099511627776\r\n\r\n{}",
		"chunks that are no hex":      head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
		"a chunk of 2 MiB":            head + "Transfer-Encoding: chunked\r\n\r\n200000\r\n" + strings.Repeat("x", 2048*kibi) + "\r\n0\r\n\r\n",
		"a body of 16 MiB to the end": head + "Content-Length: 16777216\r\n\r\n" + strings.Repeat("x", 16384*kibi),
		"headers of 64 KiB":           head + "X-Long: " + strings.Repeat("x", 64*kibi) + "\r\n\r\n",
		"an address of 64 KiB":        "GET /f/acme-demo?x=" + strings.Repeat("x", 64*kibi) + " HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
		"a method that is none":       "BREW /api/submit HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
		"TRACE":                       "TRACE / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
		"another method":              "PUT /api/submit HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
		"GET of a submission":         "GET /api/submit HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
		"a header without a colon":    "GET /f/acme-demo HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nnonsense\r\n\r\n",
		"no HTTP":                     "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
	}
}
