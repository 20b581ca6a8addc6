package web_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/web"
)

func document(t *testing.T, page templ.Component) *goquery.Document {
	t.Helper()
	var body bytes.Buffer
	require.NoError(t, page.Render(context.Background(), &body))
	doc, err := goquery.NewDocumentFromReader(&body)
	require.NoError(t, err)
	return doc
}

func wrongForm() web.FormPage {
	return web.FormPage{
		Brand:     web.FormBrand{Organization: "Acme", Accent: web.AccentTeal},
		Action:    "/f/acme-demo",
		TimeToken: "signed",
		Values:    web.FormValues{Name: "J", Email: "jane@", Company: "Acme & Sons", Phone: "12", Message: "\n  Hi <b>", Consent: true},
		Source:    web.FormSource{UTMSource: "news", LandingPage: "https://acme.example/?a=1&b=2"},
		Problems: web.Problems{
			{Field: web.FieldName, Text: "Enter at least 2 characters"},
			{Field: web.FieldEmail, Text: "Enter an email address"},
			{Field: web.FieldMessage, Text: "Write at least 10 characters"},
		},
		ConsentText: "I agree",
	}
}

func TestFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	doc := document(t, web.Form(wrongForm()))
	for name, want := range map[string]string{
		web.FieldName: "J", web.FieldEmail: "jane@", web.FieldCompany: "Acme & Sons", web.FieldPhone: "12",
		web.FieldTimeToken: "signed", web.FieldUTMSource: "news", web.FieldLandingPage: "https://acme.example/?a=1&b=2",
		web.FieldHoneypot: "",
	} {
		assert.Equal(t, want, doc.Find("form [name="+name+"]").AttrOr("value", "missing"), name)
	}
	// The parser drops one line break after the tag, so what was typed begins with its own.
	assert.Equal(t, "\n  Hi <b>", doc.Find("textarea[name=message]").Text())
	_, ticked := doc.Find("input[name=consent]").Attr("checked")
	assert.True(t, ticked)
}

func TestFormSummaryLinksToEachMistake(t *testing.T) {
	t.Parallel()
	form := wrongForm()
	doc := document(t, web.Form(form))
	summary := doc.Find("#problem")
	assert.Equal(t, "There is a problem", summary.Find("h2").Text())
	assert.Equal(t, "-1", summary.AttrOr("tabindex", ""))
	_, focused := summary.Attr("autofocus")
	assert.True(t, focused)
	assert.True(t, strings.HasPrefix(doc.Find("title").Text(), "Error: "))
	assert.Equal(t, len(form.Problems), summary.Find("a").Length())
	for i, problem := range form.Problems {
		link := summary.Find("a").Eq(i)
		assert.Equal(t, problem.Text, link.Text())
		field := doc.Find(link.AttrOr("href", "#none"))
		assert.Equal(t, problem.Field, field.AttrOr("name", ""))
		assert.Equal(t, "true", field.AttrOr("aria-invalid", ""))
		described, _, _ := strings.Cut(field.AttrOr("aria-describedby", ""), " ")
		assert.Contains(t, doc.Find("#"+described).Text(), problem.Text)
	}
	assert.Empty(t, doc.Find("[name=company]").AttrOr("aria-invalid", ""))
}

func TestFormAsksTheBrowserForHelp(t *testing.T) {
	t.Parallel()
	doc := document(t, web.Form(web.FormPage{Brand: web.FormBrand{Organization: "Acme"}, Action: "/f/k"}))
	for name, want := range map[string]string{"name": "name", "email": "email", "company": "organization", "phone": "tel"} {
		assert.Equal(t, want, doc.Find("[name="+name+"]").AttrOr("autocomplete", ""), name)
	}
	assert.Equal(t, "-1", doc.Find("[name="+web.FieldHoneypot+"]").AttrOr("tabindex", ""))
	assert.Equal(t, "true", doc.Find("[name="+web.FieldHoneypot+"]").Closest("div").AttrOr("aria-hidden", ""))
	assert.Zero(t, doc.Find("[name=consent], [name="+web.FieldReferrer+"]").Length())
	assert.Equal(t, 1, doc.Find("main.accent-cobalt").Length(), "the zero accent is the default one")
	assert.Zero(t, doc.Find("form [name="+web.CSRFField+"]").Length(), "the public form is cookieless")
}

func TestFormTroubleKeepsTheValues(t *testing.T) {
	t.Parallel()
	for kind, words := range map[web.TroubleKind]string{
		web.TroubleUnavailable: "Nothing was lost on your side",
		web.TroubleTooMany:     "again in 40 seconds",
		web.TroubleTooLarge:    "at most 500 characters",
		web.TroubleLimit:       "Acme has reached",
	} {
		form := wrongForm()
		form.Problems = nil
		form.Trouble = &web.FormTrouble{Kind: kind, Wait: 40 * time.Second}
		doc := document(t, web.Form(form))
		assert.Contains(t, doc.Find("#problem").Text(), words, kind)
		assert.Equal(t, "jane@", doc.Find("[name=email]").AttrOr("value", ""), kind)
	}
}

func TestFormWithUnknownAccentFallsBack(t *testing.T) {
	t.Parallel()
	brand := web.FormBrand{Organization: "Acme", Accent: `x" onload="`}
	doc := document(t, web.Form(web.FormPage{Brand: brand}))
	assert.Equal(t, 1, doc.Find("main.accent-cobalt").Length())
}

func TestThanksNeverShowsACategory(t *testing.T) {
	t.Parallel()
	doc := document(t, web.Thanks(web.ThanksPage{Brand: web.FormBrand{Organization: "Acme"}, Reference: "LA-1", BookingURL: "javascript:alert(1)"}))
	assert.Contains(t, doc.Text(), "LA-1")
	assert.Contains(t, doc.Find("h2").Text(), "What happens next")
	assert.Zero(t, doc.Find("a").Length(), "no link that is not http(s)")
	assert.NotContains(t, strings.ToLower(doc.Text()), "qualif")
}

func TestFrameTalksOnlyToItsParent(t *testing.T) {
	t.Parallel()
	brand := web.FormBrand{Organization: "Acme", Embedded: true, ParentOrigin: "https://acme.example"}
	assert.Equal(t, "https://acme.example", document(t, web.Form(web.FormPage{Brand: brand})).Find("body").AttrOr("data-parent-origin", ""))
	brand.Embedded = false
	assert.Empty(t, document(t, web.Form(web.FormPage{Brand: brand})).Find("body").AttrOr("data-parent-origin", ""))
}

func TestEmbedSnippetEscapes(t *testing.T) {
	t.Parallel()
	assert.Equal(t,
		`<script async src="https://x.example/embed.js" data-form="k"></script><noscript><a href="https://x.example/f/k">Contact us</a></noscript>`,
		web.EmbedSnippet("https://x.example", "k"))
	assert.NotContains(t, web.EmbedSnippet("https://x.example", `"><script>`), `"><script>`)
}
