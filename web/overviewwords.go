package web

import (
	"strconv"

	"github.com/a-h/templ"
)

func reviewLink(p OverviewPage) string {
	if p.Shell.ShowReview {
		return PathReview
	}
	return ""
}

func openItems(items []ChecklistItem) int {
	open := 0
	for _, item := range items {
		if !item.Done {
			open++
		}
	}
	return open
}

// share is the used part of the plan, from 0 to 1.
func (q Quota) share() float64 {
	if q.Limit <= 0 {
		return 0
	}
	return min(float64(q.Used)/float64(q.Limit), 1)
}

func (q Quota) tone() Tone {
	switch share := q.share(); {
	case share >= 1:
		return ToneDanger
	case share >= 0.8:
		return ToneWarning
	default:
		return ToneNeutral
	}
}

// number0 is a number for an attribute, without grouping.
func number0(n int) string { return strconv.Itoa(n) }

func newTab(is bool) templ.Attributes {
	if !is {
		return templ.Attributes{}
	}
	return templ.Attributes{"target": "_blank", "rel": "noopener"}
}
