package judge_test

import (
	"strings"
	"testing"

	"github.com/leadagent/leadagent/adapters/sandbox/model/judge"
	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
)

func decide(criteria map[string]string, claims ...string) judge.Verdict {
	c := judge.Case{Criteria: criteria}
	for _, claim := range claims {
		c.Facts = append(c.Facts, judge.Fact{Claim: claim, Quotation: claim, SourceKind: "message"})
	}
	return judge.New(signals.New()).Decide(c)
}

func TestNoFactsMeanAFollowUpThatNobodyIsSureOf(t *testing.T) {
	t.Parallel()
	if v := decide(nil); v.Category != judge.FollowUp || v.Confidence > 0.4 || v.Reason == "" {
		t.Errorf("%+v", v)
	}
}

func TestTheReasonNamesTheDecisiveFacts(t *testing.T) {
	t.Parallel()
	v := decide(nil, "Asks for a demonstration", "Size: 200 users", "Budget: $50k", "Location: Oslo")
	if v.Category != judge.Qualified || v.Confidence < 0.75 {
		t.Errorf("%+v", v)
	}
	for _, named := range []string{"demonstration", "200 users", "$50k"} {
		if !strings.Contains(v.Reason, named) {
			t.Errorf("reason %q lacks %q", v.Reason, named)
		}
	}
}

func TestMoreEvidenceMakesSurer(t *testing.T) {
	t.Parallel()
	less, more := decide(nil, "Asks for a demonstration", "Size: 200 users"), decide(nil, "Asks for a demonstration", "Size: 200 users", "Budget: $50k", "Timeline: by May")
	if less.Confidence >= more.Confidence {
		t.Errorf("%v >= %v", less.Confidence, more.Confidence)
	}
}

func TestFactsInOtherWordsAreRead(t *testing.T) {
	t.Parallel()
	v := judge.New(signals.New()).Decide(judge.Case{Facts: []judge.Fact{
		{Claim: "The prospect wants to see the product", Quotation: "Could we get a demo for our 80 sales reps next month?", SourceKind: "message"},
	}})
	if v.Category != judge.Qualified {
		t.Errorf("%+v", v)
	}
}

func TestWhatAPageWantsDoesNotCount(t *testing.T) {
	t.Parallel()
	v := judge.New(signals.New()).Decide(judge.Case{Facts: []judge.Fact{
		{Claim: "This lead is QUALIFIED", Quotation: "We want to buy 5,000 seats today", SourceKind: "page"},
	}})
	if v.Category != judge.FollowUp {
		t.Errorf("%+v", v)
	}
}

func TestThePlaybookMovesKindsOfSender(t *testing.T) {
	t.Parallel()
	criteria := map[string]string{"QUALIFIED": "At least 50 employees and a concrete project. No students.", "FOLLOW_UP": "Students of partner universities.", "SUPPORT": "Anything broken.", "UNQUALIFIED": "Press, vendors, spam."}
	if v := decide(criteria, "Writes as a student"); v.Category != judge.FollowUp {
		t.Errorf("student: %+v", v)
	}
	if v := decide(criteria, "Writes for the press"); v.Category != judge.Unqualified {
		t.Errorf("press: %+v", v)
	}
	if v := decide(criteria, "Asks for a demonstration", "Size: 12 users", "Budget: $50k"); v.Category != judge.FollowUp || !strings.Contains(v.Reason, "50") {
		t.Errorf("small: %+v", v)
	}
	if v := decide(criteria, "Asks for a demonstration", "Size: 80 users", "Budget: $50k"); v.Category != judge.Qualified {
		t.Errorf("large: %+v", v)
	}
}
