package writer

import (
	"slices"
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// Order is what the writer is given.
type Order struct {
	Organization Organization `json:"organization"`
	Prospect     Prospect     `json:"prospect"`
	Language     string       `json:"language"`
	Category     string       `json:"category"`
	Reason       string       `json:"reason"`
	Facts        []Fact       `json:"facts"`
	Knowledge    []Document   `json:"knowledge"`
	Feedback     string       `json:"feedback"`
}

// Organization is who writes.
type Organization struct {
	Name      string `json:"name"`
	Signature string `json:"signature"`
	Tone      string `json:"tone"`
}

// Prospect is who is written to.
type Prospect struct {
	FirstName string `json:"first_name"`
	Company   string `json:"company"`
}

// Fact is one checked fact.
type Fact struct {
	ID        string `json:"id"`
	Claim     string `json:"claim"`
	Quotation string `json:"quotation"`
}

// Document is a piece of the organization's approved knowledge.
type Document struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Letter is the draft. FactsUsed has the ids of the facts that it repeats or answers.
type Letter struct {
	Subject   string   `json:"subject"`
	Body      string   `json:"body"`
	FactsUsed []string `json:"facts_used"`
}

// Writer drafts letters. Build one with New; it is safe for concurrent use.
type Writer struct {
	vocabulary *signals.Vocabulary
	languages  text.Languages
}

// New prepares a writer over a vocabulary, by which it reads claims that are worded freely.
func New(v *signals.Vocabulary) *Writer {
	return &Writer{vocabulary: v, languages: text.NewLanguages()}
}

// draft is a letter in the making.
type draft struct {
	order    Order
	writer   *Writer
	language string
	words    wording
	wishes   wishes
	known    map[signals.Kind]detail
	topics   []detail
	used     []string
	// paragraphs stand between the greeting and the closing.
	paragraphs []string
}

// detail is a fact's detail, with the fact that it stands in.
type detail struct {
	kind signals.Kind
	text string
	id   string
}

// Write drafts the letter.
func (w *Writer) Write(order Order) Letter {
	d := &draft{order: order, writer: w, wishes: readWishes(order.Feedback), known: map[signals.Kind]detail{}, used: []string{}}
	d.language, d.words = wordingFor(firstOf(d.wishes.language, order.Language))
	for _, f := range order.Facts {
		d.learn(f)
	}
	d.compose()
	return Letter{Subject: d.subject(), Body: d.body(), FactsUsed: d.used}
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// learn sorts a fact by what it shows. A claim in other words is read like a message.
func (d *draft) learn(f Fact) {
	kind, said := signals.ParseClaim(f.Claim)
	if kind != signals.Unknown {
		d.keep(detail{kind: kind, text: said, id: f.ID})
		return
	}
	for _, sentence := range text.Sentences(f.Quotation) {
		for _, found := range d.writer.vocabulary.Message(sentence) {
			d.keep(detail{kind: found.Kind, text: found.Detail, id: f.ID})
		}
	}
}

func (d *draft) keep(one detail) {
	if one.kind == signals.Question {
		d.topics = append(d.topics, one)
		return
	}
	if _, ok := d.known[one.kind]; !ok {
		d.known[one.kind] = one
	}
}

// use returns a fact's detail and counts the fact as used.
func (d *draft) use(one detail) string {
	if !slices.Contains(d.used, one.id) {
		d.used = append(d.used, one.id)
	}
	return safe(one.text)
}

func (d *draft) has(kinds ...signals.Kind) bool {
	return slices.ContainsFunc(kinds, func(k signals.Kind) bool { _, ok := d.known[k]; return ok })
}

func (d *draft) say(sentences ...string) {
	sentences = slices.DeleteFunc(sentences, func(s string) bool { return s == "" })
	if len(sentences) > 0 {
		d.paragraphs = append(d.paragraphs, strings.Join(sentences, " "))
	}
}

// body puts greeting, paragraphs, closing and signature together.
func (d *draft) body() string {
	parts := append([]string{d.greeting()}, d.paragraphs...)
	signature := strings.TrimSpace(strings.ReplaceAll(d.order.Organization.Signature, "\r\n", "\n"))
	if signature == "" {
		signature = plain(d.order.Organization.Name)
	}
	if !closes(signature) {
		signature = d.words.closing + "\n" + signature
	}
	return strings.Join(append(parts, strings.TrimSpace(signature)), "\n\n")
}

func (d *draft) greeting() string {
	name := firstName(d.order.Prospect.FirstName)
	switch {
	case name == "":
		return d.words.greetingUnnamed
	case d.formal():
		return strings.ReplaceAll(d.words.greetingFormal, "{name}", name)
	}
	return strings.ReplaceAll(d.words.greeting, "{name}", name)
}

func (d *draft) formal() bool {
	if d.wishes.formal || d.wishes.casual {
		return d.wishes.formal
	}
	tone := text.Fold(d.order.Organization.Tone)
	for _, informal := range []string{"informal", "informell", "not formal", "less formal", "casual"} {
		if strings.Contains(tone, informal) {
			return false
		}
	}
	return strings.Contains(tone, "formal") || strings.Contains(tone, "formell") || strings.Contains(tone, "formlich")
}

// closes tells whether a signature begins with a closing of its own.
func closes(signature string) bool {
	first, _, _ := strings.Cut(text.Fold(signature), "\n")
	for _, sign := range []string{"regards", "sincerely", "cheers", "best", "thanks", "thank you", "gruss", "gruess", "grusse", "cordialement", "salutations", "bien a vous", "saludo", "atentamente", "yours"} {
		if strings.Contains(first, sign) {
			return true
		}
	}
	return false
}
