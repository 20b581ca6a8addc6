package reader

// Turn is what the reader is given.
type Turn struct {
	Lead    Lead     `json:"lead"`
	Tools   []Tool   `json:"tools"`
	Number  int      `json:"turn"`
	Left    int      `json:"turns_left"`
	Sources []Source `json:"sources"`
	Done    []Done   `json:"actions_done"`
}

// Lead is the sender and the message.
type Lead struct {
	Name        string `json:"name"`
	Company     string `json:"company"`
	EmailDomain string `json:"email_domain"`
	Message     string `json:"message"`
}

// Tool is something the reader may ask for.
type Tool struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// Source is a text that may be quoted.
type Source struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	URL   string `json:"url"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Done is an action of an earlier turn.
type Done struct {
	Tool     string `json:"tool"`
	Argument string `json:"argument"`
	Outcome  string `json:"outcome"`
	Note     string `json:"note"`
}

// Answer is what the reader found and what it wants next.
type Answer struct {
	Language string   `json:"language"`
	Facts    []Fact   `json:"facts"`
	Actions  []Action `json:"actions"`
	Done     bool     `json:"done"`
}

// Fact is a claim with the exact words of the source that bear it out.
type Fact struct {
	Claim     string `json:"claim"`
	Quotation string `json:"quotation"`
	Source    string `json:"source"`
}

// Action is a read action: a tool and its one argument.
type Action struct {
	Tool     string `json:"tool"`
	Argument string `json:"argument"`
}

// The tools that the reader knows how to use, and the kinds of source it tells apart.
const (
	toolSearch    = "search"
	toolFetch     = "fetch_url"
	toolCRM       = "crm_search"
	toolKnowledge = "knowledge_base"
	toolStack     = "tech_stack"

	kindMessage = "message"
	kindSearch  = "search"
	kindPage    = "page"
	kindCRM     = "crm"
)
