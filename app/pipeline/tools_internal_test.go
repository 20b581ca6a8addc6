package pipeline

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

// looked is Jordan's research after one search that showed two pages.
func looked() *notes {
	n := newNotes(jordan(), nil, nil)
	n.sources = append(n.sources,
		ports.SourceText{ID: "s1", Kind: "search", URL: "https://www.shown.example/a/page?id=7#part"},
		ports.SourceText{ID: "s2", Kind: "search", URL: "http://News.Example/2026/jordan.reed"},
		ports.SourceText{ID: "s3", Kind: "crm", Text: "https://never-shown.example"},
	)
	return n
}

func TestReaderMayFetch(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"https://northwind.io", "https://northwind.io/", "http://northwind.io/about", "https://www.northwind.io/team", "https://NORTHWIND.io/About",
		"https://www.shown.example/a/page?id=7#part", // word for word as it was shown
		"http://News.Example/2026/jordan.reed",       // likewise, whatever it holds
		"https://www.shown.example/other", "https://news.example/about", "https://northwind.io/contact", "https://northwind.io/products/reed-switch",
	} {
		require.NoError(t, mayFetch(address, looked()), address)
	}
}

func TestReaderMayNotFetch(t *testing.T) {
	t.Parallel()
	for why, addresses := range map[string][]string{
		"not the address": {
			"", "northwind.io", "//northwind.io", "ftp://northwind.io", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "https://",
			"https:///about", "https://user@northwind.io/", "https://user:pw@northwind.io/", "https://northwind.io@evil.example/", "://", "mailto:a@b.example",
			"http://[::1", `https://evil.example\@northwind.io/`, "https://north wind.io/", "https://northwind.io/%zz",
		},
		"Only pages": {
			"https://evil.example/", "https://evil.example/northwind.io", "https://northwind.io.evil.example/", "https://notnorthwind.io/",
			"https://mail.northwind.io/", "https://shown.example/", "https://never-shown.example", "http://127.0.0.1/", "http://[::1]/", "http://localhost/",
			"http://169.254.169.254/latest/meta-data/", "https://gmail.com/", "https://northwind.io./",
		},
		"could carry": {
			"https://northwind.io/?q=x", "https://northwind.io/#x", "https://www.shown.example/a/page?id=8", "https://northwind.io/" + strings.Repeat("x", 101),
			"https://northwind.io/jordan.reed@northwind.io", "https://northwind.io/jordan.reed%40northwind.io", "https://northwind.io/jordan.reed%2540northwind.io",
			"https://northwind.io/jordan.reed", "https://northwind.io/JORDAN.REED", "https://northwind.io/jordan%2ereed", "https://northwind.io/jordan-reed",
			"https://northwind.io/jordanreed", "https://northwind.io/reed/jordan", "https://northwind.io/j/jordan_reed/x", "https://northwind.io/Jordan%20Reed",
			"https://northwind.io/493012345678", "https://northwind.io/+49-30-1234-5678", "https://northwind.io/030/1234/5678", "https://www.shown.example/4930x12345678",
		},
	} {
		for _, address := range addresses {
			err := mayFetch(address, looked())
			require.True(t, fault.Is(err, fault.Refused), address)
			require.Contains(t, problem(err), why, address)
		}
	}
}

// TestFreeMailIsNoCompanySite: a person with a free address has no site of their own to read.
func TestFreeMailIsNoCompanySite(t *testing.T) {
	t.Parallel()
	lead := jordan()
	lead.Email, _ = leads.ParseEmail("info@GMail.com")
	require.Error(t, mayFetch("https://gmail.com/", newNotes(lead, nil, nil)))
	require.True(t, freeMail("web.de"))
	require.False(t, freeMail("northwind.io"))
}

// TestRolesAreNobody: info@ and contact@ name no person, so that pages of these names can be read; a person of a short name is still one.
func TestRolesAreNobody(t *testing.T) {
	t.Parallel()
	lead := jordan()
	lead.Email, _ = leads.ParseEmail("contact@northwind.io")
	require.NoError(t, mayFetch("https://northwind.io/contact", newNotes(lead, nil, nil)))
	lead.Email, _ = leads.ParseEmail("max@northwind.io")
	require.NoError(t, mayFetch("https://northwind.io/maximum", newNotes(lead, nil, nil)))
	require.Error(t, mayFetch("https://northwind.io/max", newNotes(lead, nil, nil)))
	lead.Email, _ = leads.ParseEmail("jr@northwind.io")
	require.Error(t, mayFetch("https://northwind.io/team/jordan-reed", newNotes(lead, nil, nil)), "the name is personal even where the address does not tell it")
	require.NoError(t, mayFetch("https://northwind.io/jr", newNotes(lead, nil, nil)), "two letters tell nobody")
	lead.Phone = ""
	require.NoError(t, mayFetch("https://northwind.io/2026", newNotes(lead, nil, nil)))
}

func TestSearchesCarryNoContacts(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		"jordan.reed@northwind.io", "northwind @ reed", "493012345678", "call +49 (30) 1234-5678", "030 1234 5678", "030/12345678", "1234-5678 berlin",
		"4 9 3 0 1 2 3 4 5 6 7 8", "northwind ４９３０１２３４５６７８", "who has 12345678",
	} {
		require.True(t, contacts(query, jordan()), query)
	}
	for _, query := range []string{"northwind", "northwind io revenue 2025", "Northwind 1234", "northwind 50000 employees in 30 countries", ""} {
		require.False(t, contacts(query, jordan()), query)
	}
	without := jordan()
	without.Phone = ""
	require.False(t, contacts("1234567890", without), "nobody's number")
}

// TestAnyWritingOfThePhoneIsSeen: whatever stands between its digits.
func TestAnyWritingOfThePhoneIsSeen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		lead := jordan()
		lead.Phone = rapid.StringMatching(`\+?[1-9][0-9 ()-]{9,20}[0-9]{6}`).Draw(r, "phone")
		var b strings.Builder
		for _, c := range digits(lead.Phone) {
			b.WriteString(rapid.SampledFrom([]string{"", " ", "-", "/", ".", "x", "%20"[:1]}).Draw(r, "separator"))
			b.WriteRune(c)
		}
		require.True(r, contacts("find "+b.String(), lead))
		require.Error(r, mayFetch("https://northwind.io/"+strings.ReplaceAll(b.String(), "%", ""), newNotes(lead, nil, nil)))
	})
}

// TestMayFetchNeverPanicsAndNeverLeavesTheList: for any address, an allowed one is at a host that was shown or that is the prospect's own.
func TestMayFetchNeverPanicsAndNeverLeavesTheList(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		raw := rapid.OneOf(rapid.String(), rapid.StringMatching(`https?://[a-z.@:\\/\[\]?#%0-9]{1,30}(northwind\.io|shown\.example)?[/a-z?#@]{0,10}`)).Draw(r, "address")
		if mayFetch(raw, looked()) != nil {
			return
		}
		require.Regexp(r, `^(?i)https?://(www\.)?(northwind\.io|shown\.example|news\.example)(:\d*)?([/?#]|$)`, raw)
	})
}

// TestOnlyKnownToolsAreRecordedByName keeps a made-up name, which is the model's text, out of the record.
func TestOnlyKnownToolsAreRecordedByName(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"send_email", "", "Search", "search ", "<script>", "crm_search; drop"} {
		require.Equal(t, "unknown_tool", toolName(tool))
	}
	for _, tool := range []string{toolSearch, toolFetch, toolCRM} {
		require.Equal(t, tool, toolName(tool))
	}
}

// bare is a job without vendors.
func bare() *job {
	return &job{Pipeline: &Pipeline{now: time.Now, config: Config{}.Defaults()}}
}

// TestActionsThatAreRefused: each gives a record that says why, and none reaches a vendor.
func TestActionsThatAreRefused(t *testing.T) {
	t.Parallel()
	n := looked()
	n.turn, n.position = 3, 1
	n.done = []ports.Done{{Tool: toolCRM, Argument: "Northwind"}}
	for why, w := range map[string]ports.Wanted{
		"The argument is empty.":    {Tool: toolCRM, Argument: " \u200b\n"},
		"The argument is too long.": {Tool: toolCRM, Argument: strings.Repeat("x", maxArgument+1)},
		"This was done already.":    {Tool: toolCRM, Argument: " NORTHWIND\n"},
		"There is no such tool.":    {Tool: "send_email", Argument: "everybody@example.com"},
	} {
		a := bare().act(t.Context(), n, w)
		require.False(t, a.OK, why)
		require.Equal(t, why, a.Note)
		require.Empty(t, a.Sources, why)
		require.LessOrEqual(t, len(a.Argument), maxArgument, why)
		require.Equal(t, [2]int{3, 2}, [2]int{a.Turn, a.Position}, why)
	}
	for _, tool := range []string{toolSearch, toolFetch} {
		require.Equal(t, "There is no such tool.", bare().act(t.Context(), n, ports.Wanted{Tool: tool, Argument: "x"}).Note, "without its vendor")
	}
	require.Len(t, bare().tools(), 1, "only what there is is offered")
}
