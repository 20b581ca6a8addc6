package websearch

import (
	"encoding/json"
	"net/url"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/ports"
)

// answer is the part of Exa's search response that counts. Its id is a URL in most cases, but url is what is documented as one.
type answer struct {
	Results *[]struct {
		Title string `json:"title"`
		URL   string `json:"url"`
		Text  string `json:"text"`
	} `json:"results"`
}

func found(raw []byte) ([]ports.SourceText, error) {
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil || a.Results == nil {
		// The cause would hold parts of the answer; that it is no search result says enough.
		return nil, fault.New(fault.Unusable, "The web search's answer could not be read.")
	}
	seen := map[string]bool{}
	texts := []ports.SourceText{}
	for _, r := range *a.Results {
		address := publicAddress(r.URL)
		text := ports.SourceText{Kind: "search", URL: address, Title: cut(line(r.Title), maxTitle), Text: cut(paragraphs(r.Text), maxText)}
		if address == "" || seen[address] || (text.Title == "" && text.Text == "") || len(texts) == results {
			continue
		}
		seen[address] = true
		texts = append(texts, text)
	}
	return texts, nil
}

// publicAddress is the address without its fragment, or empty when it is none of the web or hides credentials. Whether its host is public is
// checked by whoever fetches it.
func publicAddress(s string) string {
	if len(s) > maxAddress || s != line(s) {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return ""
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String()
}
