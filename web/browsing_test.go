package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"

	"github.com/leadagent/leadagent/web/preview"
)

// These tests open the pages in a real browser, under the real content policy. They
// share one browser, so each is a subtest.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	parent := browser(t)
	for name, test := range map[string]func(t *testing.T, b *tab, s *site){
		"hostile text stays text":                   hostileInBrowser,
		"a review is approved by keys":              approveByKeys,
		"a conflict keeps the text":                 conflictInBrowser,
		"a review works without scripts":            reviewWithoutScripts,
		"an old token is renewed and repeated":      renewAndRepeat,
		"an old page renews itself once":            refreshPage,
		"the form shows its mistakes and sends":     formInBrowser,
		"the form survives a lost connection":       formOffline,
		"the form works without scripts":            formWithoutScripts,
		"the timeline follows the stream":           timelineStream,
		"the timeline polls without a stream":       timelinePolls,
		"the list of leads filters while one types": leadsFilter,
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			test(t, newTab(parent, t, s.URL), s)
		})
	}
}

func hostileInBrowser(t *testing.T, b *tab, s *site) {
	text := strings.Join(hostileTexts(), " ")
	samples := preview.Samples(func(string) string { return text })
	for _, sample := range samples {
		s.HandleFunc("GET /"+sample.Name, func(w http.ResponseWriter, r *http.Request) { show(w, r, http.StatusOK, sample.Page) })
	}
	for _, sample := range samples {
		if sample.Fragment || sample.Name == "refresh" || sample.Name == "organizations" {
			continue // no page, or one that asks the identity provider by design
		}
		b.do(t, chromedp.Navigate(s.URL+"/"+sample.Name))
		assert.Equal(t, "undefined", b.eval(t, "window.pwned"), sample.Name)
		assert.Equal(t, "true", b.eval(t, "document.documentElement.scrollWidth <= innerWidth"), "%s: wider than the window", sample.Name)
	}
	assert.Empty(t, b.heard())
}
