package review

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadagent/leadagent/domain/fault"
)

// badFields are the names of an Invalid fault's fields.
func badFields(err error) []string {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		return nil
	}
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Name)
	}
	return names
}

func TestCleanDraft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ subject, body, wantSubject, wantBody string }{
		"as it is":             {"Hello", "Line\n\n  indented\n\ttab", "Hello", "Line\n\n  indented\n\ttab"},
		"trimmed":              {"  Hello ", "\n\n Text \n", "Hello", "Text"},
		"line ends of Windows": {"Hello", "a\r\nb\r\n\r\nc", "Hello", "a\nb\n\nc"},
		"line ends of old":     {"Hello", "a\rb", "Hello", "a\nb"},
		"a subject is a line":  {"Hello\r\nBcc: x@y.example", "t", "Hello  Bcc: x@y.example", "t"},
		"control characters":   {"H\x00e\x1bl\x7flo\u0085", "a\x00b\x08c", "Hello", "abc"},
		"reordering":           {"\u202eHello\u2066", "a\u202eb\u2069", "Hello", "ab"},
		"separators":           {"a\u2028b", "a\u2029b", "ab", "ab"},
		"broken UTF-8":         {"a\xffb", "a\xc3", "ab", "a"},
		"people's own words":   {"¿Qué? <b> & https://any.example", "To: me\n<script>", "¿Qué? <b> & https://any.example", "To: me\n<script>"},
		"the longest":          {strings.Repeat("é", MaxSubject), strings.Repeat("漢", MaxBody), strings.Repeat("é", MaxSubject), strings.Repeat("漢", MaxBody)},
	} {
		subject, body, err := cleanDraft(c.subject, c.body)
		require.NoError(t, err, name)
		require.Equal(t, c.wantSubject, subject, name)
		require.Equal(t, c.wantBody, body, name)
	}
}

func TestBadDraftsNameTheirFields(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		subject, body string
		fields        []string
	}{
		"nothing":          {"", "", []string{"email_subject", "email_draft"}},
		"blank":            {" \t\r\n", "\n \n", []string{"email_subject", "email_draft"}},
		"only unseen":      {"\x00\u202e", "\x1b", []string{"email_subject", "email_draft"}},
		"no subject":       {"", "text", []string{"email_subject"}},
		"no body":          {"Hello", "", []string{"email_draft"}},
		"a long subject":   {strings.Repeat("x", MaxSubject+1), "text", []string{"email_subject"}},
		"a long body":      {"Hello", strings.Repeat("é", MaxBody+1), []string{"email_draft"}},
		"both are too big": {strings.Repeat("x", MaxSubject+1), strings.Repeat("x", MaxBody+1), []string{"email_subject", "email_draft"}},
	} {
		_, _, err := cleanDraft(c.subject, c.body)
		require.Equal(t, c.fields, badFields(err), name)
	}
}

// TestCleanDraftsStayClean: for any text, a cleaned draft is one line and plain lines, and cleaning it again changes nothing, so that what is stored
// is what is compared, shown and sent.
func TestCleanDraftsStayClean(t *testing.T) {
	t.Parallel()
	text := rapid.Custom(func(r *rapid.T) string {
		return string(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]rune("\r\n\t\x00 \u2028\u202e\u0085ab\u00a0")), rapid.Rune()), 1, 40).Draw(r, "text"))
	})
	rapid.Check(t, func(r *rapid.T) {
		subject, body, err := cleanDraft(text.Draw(r, "subject"), text.Draw(r, "body"))
		if err != nil {
			require.NotEmpty(r, badFields(err))
			return
		}
		require.False(r, strings.ContainsAny(subject, "\r\n\t\x00\u2028\u2029"), "%q", subject)
		require.False(r, strings.ContainsAny(body, "\r\x00\u2028\u2029"), "%q", body)
		require.True(r, utf8.ValidString(subject+body))
		againSubject, againBody, err := cleanDraft(subject, body)
		require.NoError(r, err)
		require.Equal(r, [2]string{subject, body}, [2]string{againSubject, againBody})
	})
}

func TestReasons(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"wrong_facts", "tone", "wrong_category", "spam", "other"}, Reasons())
	for _, known := range Reasons() {
		got, err := parseReason(known)
		require.NoError(t, err)
		require.Equal(t, known, got)
	}
	got, err := parseReason("")
	require.NoError(t, err)
	require.Equal(t, "other", got)
	for _, unknown := range []string{"Tone", " tone", "because", "other;drop"} {
		_, err := parseReason(unknown)
		require.Equal(t, []string{"reason"}, badFields(err), unknown)
	}
	Reasons()[0] = "changed"
	require.Equal(t, "wrong_facts", Reasons()[0], "callers cannot change the list")
}

func TestNotes(t *testing.T) {
	t.Parallel()
	note, err := parseNote("  two\r\nlines\x00 \n")
	require.NoError(t, err)
	require.Equal(t, "two\nlines", note)
	_, err = parseNote(strings.Repeat("é", MaxNote))
	require.NoError(t, err)
	_, err = parseNote(strings.Repeat("é", MaxNote+1))
	require.Equal(t, []string{"note"}, badFields(err))
}

func TestADecisionNamesItsVersion(t *testing.T) {
	t.Parallel()
	require.NoError(t, needVersion(1))
	for _, v := range []int{0, -1} {
		require.Equal(t, []string{"draft_version"}, badFields(needVersion(v)))
	}
}
