package pipeline

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// acme may link to acme.example and docs.acme.example, and signs with a site of its own.
func acme() ports.OrganizationSettings {
	return ports.OrganizationSettings{
		Organization: tenancy.Organization{
			Name: "Acme", Signature: "Maya Lindqvist\nAcme\nTel:+46 8 123 456 78\nwww.acme-shop.example", SupportAddress: "help@acme-support.example",
		},
		AllowedLinks: []string{"acme.example", "Docs.Acme.Example"},
	}
}

func jordan() leads.Lead {
	email, _ := leads.ParseEmail("jordan.reed@northwind.io")
	return leads.Lead{Submission: leads.Submission{
		Email: email, Name: "Jordan Reed", Company: "Bookings.com", Phone: "+49 (30) 1234-5678",
		Message: "We come from monday.com and would like a demo for our team of 40.",
	}}
}

func check(body string) (ports.Letter, error) {
	return checkLetter(ports.Letter{Subject: "Your demo", Body: body}, mentions(acme(), jordan()))
}

// TestHarmlessLettersPass: what a good model writes is not refused, or every lead would end with a person.
func TestHarmlessLettersPass(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"plain":                 "Dear Jordan,\n\nthank you. How many seats do you need?\n\nMaya",
		"allowed link":          "See https://acme.example/pricing.",
		"allowed with www":      "See www.acme.example.",
		"allowed upper case":    "See HTTPS://ACME.EXAMPLE/Pricing",
		"allowed with a port":   "See https://acme.example:443/pricing",
		"allowed and a comma":   "See https://acme.example, then write to us.",
		"allowed in brackets":   "The prices (https://acme.example/pricing) are public.",
		"allowed in markdown":   "The [prices](https://acme.example/pricing) are public.",
		"allowed without http":  "See acme.example/pricing",
		"allowed with a dot":    "See https://acme.example./pricing",
		"second on the list":    "See https://docs.acme.example/start",
		"the signature's site":  "See www.acme-shop.example for more.",
		"the signature":         "Thank you.\n\nMaya Lindqvist\nAcme\nTel:+46 8 123 456 78\nwww.acme-shop.example",
		"the support address":   "Write to help@acme-support.example at any time.",
		"the prospect's words":  "Moving from monday.com takes a day. Bookings.com is not the first.",
		"the prospect's site":   "We had a look at northwind.io before writing.",
		"data, in prose":        "What we need: data: names and seats. Tel: any. File: none.",
		"dots in prose":         "i.e. a demo, e.g. on Monday at 10.30, z.B. Version 2.0/3.1, etc.Next we talk.",
		"names of technologies": "It runs on Node.js/TypeScript and reads offer.pdf or prices.xlsx.",
		"comparison":            "If seats < 50 and price > 10 then a <3 for you.",
		"slashes":               "and/or, 24/7, 1/2",
		"times and ratios":      "at 10:30, 16:9, Note: from Monday",
	} {
		_, err := check(body)
		require.NoError(t, err, "%s: %s", name, body)
	}
}

// disguises are ways in which a letter might lead somebody to evil.example or evil.com.
func disguises() map[string]string {
	return map[string]string{
		"plain":                           "https://evil.example/x",
		"no encryption":                   "http://evil.example",
		"upper case":                      "HTTPS://EVIL.EXAMPLE/",
		"www":                             "www.evil.example",
		"www in upper case":               "WWW.EVIL.EXAMPLE",
		"port":                            "https://evil.example:8443/",
		"trailing dot":                    "https://evil.example.",
		"user":                            "https://acme.example@evil.example/",
		"user and password":               "https://acme.example:443@evil.example/",
		"user with a quote":               "https://acme.example'@evil.example/",
		"user with a bracket":             "https://acme.example)@evil.example/",
		"user with a square bracket":      "https://acme.example]@evil.example/",
		"backslash":                       `https://acme.example\@evil.example/`,
		"backslashes for slashes":         `https:\\evil.example\x`,
		"one slash":                       "https:/evil.example/x",
		"three slashes":                   "https:///evil.example/x",
		"no scheme but slashes":           "//evil.example/x",
		"sub-domain named like ours":      "https://acme.example.evil.example/",
		"dash before":                     "https://evil-acme.example/",
		"glued before":                    "https://evilacme.example/",
		"longer end":                      "https://acme.example.com/",
		"sub-domain of ours":              "https://evil.acme.example/",
		"encoded dot":                     "https://acme.example%2eevil.example/",
		"letter of another script":        "https://аcme.example/",
		"full-width letters":              "https://ｅvil.example/",
		"ideographic full stop":           "https://evil。example/",
		"punycode":                        "https://xn--cme-7cd.example/",
		"number as address":               "http://2130706433/",
		"address":                         "http://203.0.113.7/x",
		"address of six parts":            "http://[2001:db8::1]/x",
		"bare with path":                  "evil.example/login",
		"bare with path, other top level": "evil.shop/login",
		"bare with port":                  "evil.example:8080",
		"bare with query":                 "evil.example?x=1",
		"bare in brackets":                "(evil.com/x)",
		"bare after a colon":              "here:evil.com/x",
		"bare after a slash":              "x/evil.com/x",
		"bare":                            "evil.com",
		"bare at the end":                 "Go to evil.com.",
		"bare sub-domain":                 "login.evil.io",
		"markdown":                        "[our prices](https://evil.example)",
		"markdown without scheme":         "[our prices](evil.com)",
		"markdown reference":              "[1]: https://evil.example",
		"auto-link":                       "<https://evil.example>",
		"glued to a word":                 "pricehttps://evil.example",
		"in quotes":                       `"https://evil.example"`,
		"zero-width in the scheme":        "ht\u200btps://evil.example",
		"zero-width in the host":          "https://acme.example\u200b.evil.example",
		"soft hyphen":                     "https://ev\u00adil.example",
		"word joiner":                     "www\u2060.evil.example",
		"tag characters":                  "https://evil\U000E0061.example",
		"right to left":                   "https://\u202eevil.example",
		"filler":                          "https://evil\u3164.example",
		"variation selector":              "https://evil\ufe0f.example",
		"second of two":                   "https://acme.example https://evil.example",
		"glued to an allowed one":         "https://acme.example,https://evil.example",
		"behind an allowed one":           "https://acme.example/?u=https://evil.example",
		"javascript":                      "javascript:alert(1)",
		"javascript in mixed case":        "JaVaScRiPt:alert(1)",
		"data":                            "data:text/html,hi",
		"vbscript":                        "vbscript:msgbox",
		"file":                            "file:///etc/passwd",
		"ftp":                             "ftp://evil.example/x",
		"mailto":                          "mailto:boss@evil.example",
		"tel":                             "tel:+491234567890",
		"sms":                             "sms:+491234567890",
		"any scheme":                      "slack://channel?id=1",
		"share":                           `\\evil.example\share`,
		"a link of the prospect's words":  "https://monday.com",
		"their words with a path":         "monday.com/pricing",
		"their own site with a path":      "northwind.io/login",
		"foreign address":                 "Write to boss@evil.example.",
		"foreign address, known ending":   "Write to boss@evil.com.",
	}
}

// TestNoLinkOffTheList: whatever a mail program would make a link of leads to allowed hosts only.
func TestNoLinkOffTheList(t *testing.T) {
	t.Parallel()
	for name, text := range disguises() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := check("Dear Jordan, " + text)
			require.True(t, fault.Is(err, fault.Unusable), "in the body: %s", text)
			_, err = check(text + "\nMaya")
			require.True(t, fault.Is(err, fault.Unusable), "at the beginning: %s", text)
			_, err = checkLetter(ports.Letter{Subject: "Re: " + text, Body: "Hello."}, mentions(acme(), jordan()))
			require.True(t, fault.Is(err, fault.Unusable), "in the subject: %s", text)
		})
	}
}

// TestWithoutAListNoLinkPasses: an organization that allows nothing gets no links at all.
func TestWithoutAListNoLinkPasses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"https://acme.example", "www.acme.example", "acme.example/x", "https://", "http:///"} {
		_, err := checkLetter(ports.Letter{Subject: "Hello", Body: "See " + text}, mentions(ports.OrganizationSettings{}, leads.Lead{}))
		require.True(t, fault.Is(err, fault.Unusable), text)
	}
}

func TestLettersAreText(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"bold":             "This is <b>big</b>.",
		"script":           "<script>alert(1)</script>",
		"image":            "<img src=x onerror=alert(1)>",
		"comment":          "a <!-- hidden --> b",
		"closing only":     "done</p>",
		"over two lines":   "<a\nhref='x'>y</a>",
		"upper case":       "<SCRIPT>x</SCRIPT>",
		"hidden in a name": "<\u200bscript\u200b>alert(1)</script>",
		"document type":    "<!DOCTYPE html>",
		"never closed":     "<img src=x onerror=alert(1)",
		"To line":          "To: boss@evil.example\nHello",
		"Bcc line":         "Hello\nBcc: boss@acme.example",
		"Cc with a name":   "Cc: The Boss boss@acme.example\nHello",
		"indented":         "Hello\n  bcc : boss@acme.example",
		"quoted":           "Hello\n> Reply-To: boss@acme.example",
		"in upper case":    "BCC:boss@acme.example",
		"after a return":   "Hello\rBcc: boss@acme.example",
	} {
		_, err := check(body)
		require.True(t, fault.Is(err, fault.Unusable), name)
	}
}

// TestLetterLimits counts characters, not bytes, after tidying.
func TestLetterLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		subject, body string
		ok            bool
	}{
		"longest subject":          {strings.Repeat("é", maxLetterSubject), "Hello", true},
		"one more":                 {strings.Repeat("é", maxLetterSubject+1), "Hello", false},
		"longest body":             {"Hi", strings.Repeat("漢", maxLetterBody), true},
		"one more character":       {"Hi", strings.Repeat("漢", maxLetterBody+1), false},
		"padding does not count":   {" Hi ", "Hello" + strings.Repeat(" \n", maxLetterBody), true},
		"no subject":               {"", "Hello", false},
		"no body":                  {"Hi", "", false},
		"blank subject":            {" \t\n", "Hello", false},
		"a body of nothing seen":   {"Hi", "\u200b\u2060\ufeff \n\t", false},
		"a subject of nothing":     {"\u00ad\u200d", "Hello", false},
		"a subject of two lines":   {"Hi\r\nBcc: x", "Hello", true}, // becomes one line
		"letters beyond the plane": {"🎉", "👋 Hello", true},
	} {
		letter, err := checkLetter(ports.Letter{Subject: c.subject, Body: c.body}, mentions(acme(), jordan()))
		if !c.ok {
			require.True(t, fault.Is(err, fault.Unusable), name)
			continue
		}
		require.NoError(t, err, name)
		require.NotContains(t, letter.Subject, "\n", name)
	}
}

// TestWhatIsRefusedSaysWhy: the words go back to the writer as feedback and, in the end, to a person.
func TestWhatIsRefusedSaysWhy(t *testing.T) {
	t.Parallel()
	_, err := check("https://evil.example")
	require.Contains(t, problem(err), "link")
	_, err = check("<b>x</b>")
	require.Contains(t, problem(err), "HTML")
	_, err = check(strings.Repeat("x", 6000))
	require.Contains(t, problem(err), "5,000")
}

// TestLettersHideNothing: for any text, what comes out can be seen, has no carriage return, and is within the limits; a letter that
// passed passes again unchanged.
func TestLettersHideNothing(t *testing.T) {
	t.Parallel()
	hidden := []rune("\u200b\u200d\u2060\ufeff\u00ad\u202e\u2066\u061c\u180e\u3164\u115f\ufe0f\U000E0041\U000E0100\u2028\u2029\u0085\x00\x1b\x7f\r\n\t ")
	text := rapid.Custom(func(r *rapid.T) string {
		return string(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(hidden), rapid.Rune()), 1, 60).Draw(r, "text"))
	})
	rapid.Check(t, func(r *rapid.T) {
		letter, err := check(text.Draw(r, "body"))
		if err != nil {
			require.True(r, fault.Is(err, fault.Unusable))
			return
		}
		require.True(r, utf8.ValidString(letter.Body))
		for _, c := range letter.Subject + letter.Body {
			if c == '\n' {
				continue
			}
			require.False(r, unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector,
				unicode.Other_Default_Ignorable_Code_Point), "%U", c)
		}
		again, err := checkLetter(letter, mentions(acme(), jordan()))
		require.NoError(r, err)
		require.Equal(r, letter, again)
	})
}

// TestInvisibleCharactersHideNoLink puts invisible characters anywhere into a forbidden link: it stays forbidden.
func TestInvisibleCharactersHideNoLink(t *testing.T) {
	t.Parallel()
	hidden := rapid.SampledFrom([]string{"\u200b", "\u200c", "\u200d", "\u200e", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u2066", "\u061c",
		"\u180e", "\u3164", "\ufe0f", "\U000E0061", "\U000E0100", "\x00", "\x7f"})
	rapid.Check(t, func(r *rapid.T) {
		link := rapid.SampledFrom([]string{"https://evil.example/x", "www.evil.example", "evil.com/x", "javascript:alert(1)", "<script>x</script>"}).Draw(r, "link")
		var b strings.Builder
		for _, c := range link {
			b.WriteRune(c)
			if rapid.Bool().Draw(r, "here") {
				b.WriteString(hidden.Draw(r, "hidden"))
			}
		}
		_, err := check("See " + b.String())
		require.True(r, fault.Is(err, fault.Unusable), "%q", b.String())
	})
}
