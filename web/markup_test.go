package web_test

import (
	"bytes"
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/leadagent/leadagent/web"
	"github.com/leadagent/leadagent/web/preview"
)

// hostileTexts are put into every field that a stranger, the model, an organization's name or a
// fetched page can fill.
func hostileTexts() []string {
	return []string{
		`<script>window.pwned=1</script>`,
		`"><script src="https://evil.example/x.js"></script>`,
		`'"><img src=x onerror="window.pwned=1">`,
		`<svg/onload=window.pwned=1>`,
		`" onfocus="window.pwned=1" autofocus="`,
		`' onmouseover='window.pwned=1`,
		`</textarea></title></style><script>window.pwned=1</script>`,
		`--><script>window.pwned=1</script><!--`,
		`javascript:window.pwned=1//`,
		"java\tscript:window.pwned=1",
		`data:text/html,<script>window.pwned=1</script>`,
		`https://ok.example/"onclick="window.pwned=1`,
		`<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>`,
		`<a hx-get="/x" hx-trigger="load" hx-on:load="window.pwned=1">x</a>`,
		`<style>*{display:none}</style><link rel=stylesheet href=//evil.example>`,
		`<base href="https://evil.example/"><form action="https://evil.example">`,
		"{{constructor.constructor('window.pwned=1')()}} ${window.pwned=1}",
		"\u202eLTR\u0000\ufeff\u2028end",
	}
}

func render(t *testing.T, sample preview.Sample) *goquery.Document {
	t.Helper()
	var page bytes.Buffer
	require.NoError(t, sample.Page.Render(context.Background(), &page), sample.Name)
	doc, err := goquery.NewDocumentFromReader(&page)
	require.NoError(t, err, sample.Name)
	return doc
}

func each(t *testing.T, check func(t *testing.T, sample preview.Sample, doc *goquery.Document)) {
	t.Helper()
	for _, sample := range preview.Samples(nil) {
		t.Run(sample.Name, func(t *testing.T) {
			t.Parallel()
			check(t, sample, render(t, sample))
		})
	}
}

func TestHostileTextAddsNothingToAPage(t *testing.T) {
	t.Parallel()
	for _, text := range hostileTexts() {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			for _, sample := range preview.Samples(func(string) string { return text }) {
				assertInert(t, sample.Name, render(t, sample))
			}
		})
	}
}

// assertInert checks that a page has no code, style, frame or address that is not its own.
func assertInert(t *testing.T, page string, doc *goquery.Document) {
	t.Helper()
	assert.Zero(t, doc.Find("style, iframe, object, embed, base, link[href^='//']").Length(), page)
	doc.Find("*").Each(func(_ int, element *goquery.Selection) {
		for _, attribute := range element.Nodes[0].Attr {
			assertAttribute(t, page, goquery.NodeName(element), attribute)
		}
		if goquery.NodeName(element) == "script" {
			assert.Empty(t, strings.TrimSpace(element.Text()), "%s: inline script", page)
			assert.True(t, strings.HasPrefix(element.AttrOr("src", ""), web.StaticPrefix), "%s: foreign script", page)
		}
	})
}

func assertAttribute(t *testing.T, page, element string, attribute html.Attribute) {
	t.Helper()
	name := strings.ToLower(attribute.Key)
	assert.False(t, strings.HasPrefix(name, "on"), "%s: <%s %s>", page, element, name)
	assert.False(t, strings.HasPrefix(name, "hx-on"), "%s: <%s %s>", page, element, name)
	assert.NotEqual(t, "style", name, "%s: <%s style>", page, element)
	assert.NotEqual(t, "srcdoc", name, "%s: <%s srcdoc>", page, element)
	if strings.HasPrefix(name, "hx-") {
		assert.NotContains(t, attribute.Val, "js:", "%s: <%s %s>", page, element, name)
	}
	if name == "href" || name == "action" || name == "formaction" {
		assertAddress(t, page, element, attribute.Val)
	}
}

func assertAddress(t *testing.T, page, element, value string) {
	t.Helper()
	address, err := url.Parse(value)
	if !assert.NoError(t, err, "%s: <%s> %q", page, element, value) {
		return
	}
	assert.Contains(t, []string{"", "http", "https", "about"}, address.Scheme, "%s: <%s> %q", page, element, value)
}

func TestMemberFormsCarryTheToken(t *testing.T) {
	t.Parallel()
	forms := 0
	for _, sample := range preview.Samples(nil) {
		if !sample.Member {
			continue
		}
		doc := render(t, sample)
		doc.Find("form").Each(func(_ int, form *goquery.Selection) {
			if strings.EqualFold(form.AttrOr("method", "get"), "post") {
				forms++
				token := form.Find("input[type=hidden][name=" + web.CSRFField + "]")
				assert.Equal(t, "sample-token", token.AttrOr("value", ""), "%s: %s", sample.Name, form.AttrOr("action", ""))
			}
		})
		if !sample.Fragment && sample.Name != "organizations" && sample.Name != "organizations-none" {
			assert.JSONEq(t, `{"X-CSRF-Token":"sample-token"}`, doc.Find("body").AttrOr("hx-headers", ""), sample.Name)
		}
	}
	assert.Greater(t, forms, 40, "the samples must show the forms")
}

func TestActionsAreFormsFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, _ preview.Sample, doc *goquery.Document) {
		doc.Find("[hx-post], [hx-put], [hx-patch], [hx-delete]").Each(func(_ int, element *goquery.Selection) {
			assert.Equal(t, "form", goquery.NodeName(element))
			assert.Equal(t, "post", strings.ToLower(element.AttrOr("method", "")))
			assert.Equal(t, element.AttrOr("action", ""), element.AttrOr("hx-post", ""))
			assert.Positive(t, element.Find("button[type=submit]").Length()+doc.Find("button[form="+element.AttrOr("id", "none")+"]").Length(), "a form needs a button")
		})
	})
}

func TestControlsAreLabelledAndReferencesExist(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sample preview.Sample, doc *goquery.Document) {
		doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, control *goquery.Selection) {
			id := control.AttrOr("id", "")
			assert.Equal(t, 1, doc.Find("label[for='"+id+"']").Length(), "label of %q", id)
		})
		seen := map[string]bool{}
		doc.Find("[id]").Each(func(_ int, element *goquery.Selection) {
			id := element.AttrOr("id", "")
			assert.False(t, seen[id], "id %q twice", id)
			seen[id] = true
		})
		for _, attribute := range []string{"aria-describedby", "aria-labelledby", "aria-controls", "for", "form"} {
			doc.Find("[" + attribute + "]").Each(func(_ int, element *goquery.Selection) {
				for id := range strings.FieldsSeq(element.AttrOr(attribute, "")) {
					assert.True(t, seen[id], "%s=%q points nowhere", attribute, id)
				}
			})
		}
		doc.Find("img").Each(func(_ int, image *goquery.Selection) {
			_, ok := image.Attr("alt")
			assert.True(t, ok, "alt of %s", image.AttrOr("src", ""))
		})
		if !sample.Fragment {
			assert.Equal(t, 1, doc.Find("h1:not([data-refresh-failed] h1)").Length(), "one h1")
			assert.Equal(t, 1, doc.Find("main").Length(), "one main")
			assert.NotEmpty(t, doc.Find("title").Text())
			assert.Equal(t, "en", doc.Find("html").AttrOr("lang", ""))
		}
	})
}

func TestPagesSayNoIndexAndConfigureHTMX(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sample preview.Sample, doc *goquery.Document) {
		if sample.Fragment {
			return
		}
		assert.Equal(t, "noindex", doc.Find("meta[name=robots]").AttrOr("content", ""))
		if doc.Find("script[src*='vendor/htmx.']").Length() == 0 {
			return
		}
		config := doc.Find("meta[name=htmx-config]").AttrOr("content", "")
		for _, setting := range []string{`"allowEval":false`, `"includeIndicatorStyles":false`, `"allowScriptTags":false`, `"historyCacheSize":0`} {
			assert.Contains(t, config, setting)
		}
	})
}
