package web

import "github.com/a-h/templ"

func (p LeadPage) stateKey() string { return p.Live.stateKey() }

func (s RunState) researching() bool { return s == RunQueued || s == RunResearching }

func (a Attention) tone() Tone {
	if a.Kind == AttentionFailed {
		return ToneDanger
	}
	return ToneWarning
}

func (a Attention) title() string {
	switch a.Kind {
	case AttentionDoubtfulSend:
		return "Did this email arrive?"
	case AttentionFailed:
		return "The run failed" + inStep(a.Step)
	case AttentionStuck:
	}
	return "This needs a person" + inStep(a.Step)
}

func (s EmailState) label() string {
	switch s {
	case EmailPending:
		return "Being sent"
	case EmailSent:
		return "Sent"
	case EmailDoubtful:
		return "Doubtful"
	case EmailFailed:
		return "Refused"
	}
	return string(s)
}

func (s EmailState) tone() Tone {
	switch s {
	case EmailSent:
		return ToneSuccess
	case EmailDoubtful:
		return ToneWarning
	case EmailFailed:
		return ToneDanger
	case EmailPending:
	}
	return toneAccent
}

// otherWords name another lead of the same person by where it stands.
func otherWords(row LeadRow) string {
	words, _ := situation(row.Status, row.Run)
	if row.Category == CategoryNone {
		return words
	}
	return row.Category.label() + " · " + words
}

// confirmation asks before a form is sent, where there are scripts; empty asks nothing.
func confirmation(question string) templ.Attributes {
	if question == "" {
		return templ.Attributes{}
	}
	return templ.Attributes{"data-confirm": question}
}
