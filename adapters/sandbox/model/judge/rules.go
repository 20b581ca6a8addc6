package judge

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
)

const (
	// enoughIntent is the least intent of a qualified lead; a single question or a wish for a call is not enough.
	enoughIntent = 2
	// enoughOverall is the least sum of intent and fit of a qualified lead.
	enoughOverall = 4
)

// wanted lists what a buyer asks for, the weightiest first.
func wanted() []signals.Kind {
	return []signals.Kind{
		signals.Tender, signals.Purchase, signals.Upgrade, signals.Demo, signals.Trial, signals.Pricing, signals.Evaluation, signals.Need, signals.Wish,
		signals.Meeting, signals.Question,
	}
}

// circumstances lists what speaks for a buyer's fit, the weightiest first.
func circumstances() []signals.Kind {
	return []signals.Kind{
		signals.Size, signals.Budget, signals.Timeline, signals.Role, signals.CurrentTool, signals.CompanySize, signals.Pain, signals.Activity,
		signals.SelfDescription, signals.KnownContact,
	}
}

// background names what speaks for a buyer's fit, once each: a company's size says also that it could be looked up.
func (e evidence) background() string {
	kinds := circumstances()
	if e.has(signals.CompanySize) {
		kinds = slices.DeleteFunc(kinds, func(k signals.Kind) bool { return k == signals.Activity })
	}
	return e.named(3, kinds...)
}

// hostile deals with messages that do little but give instructions to the machine, and with scams.
func hostile(e evidence, _ playbook) (Verdict, bool) {
	if e.has(signals.Scam) && e.fit() < enoughOverall {
		return Verdict{Unqualified, "The message has the marks of a scam.", 0.93}, true
	}
	if e.has(signals.Injection) && e.intent() < enoughIntent {
		return Verdict{Unqualified, "The message tries to give instructions to whoever evaluates it and asks for nothing that we offer.", 0.9}, true
	}
	return Verdict{}, false
}

// errand is a sender who does not come to buy.
type errand struct {
	kind     signals.Kind
	category string
	reason   string
	// against is how much intent and fit outweigh the errand.
	against int
}

func errands() []errand {
	return []errand{
		{signals.Seller, Unqualified, "The sender wants to sell something to us", 6},
		{signals.Applicant, Unqualified, "The sender applies for a job", 6},
		{signals.Student, Unqualified, "The sender writes as a student, for studies rather than for a purchase", 6},
		{signals.NotInterested, Unqualified, "The sender says that there is no interest", 5},
		{signals.Competitor, Unqualified, "The sender offers or researches a competing product", 7},
		{signals.Press, FollowUp, "The sender writes for the press, so a person should answer", 4},
		{signals.Partner, FollowUp, "The sender proposes a partnership, which a person should look at", 5},
		{signals.Investor, FollowUp, "The sender writes as an investor, which a person should look at", 4},
		{signals.Offer, Unqualified, "The sender describes services of their own and asks for nothing that we offer", 2},
	}
}

// elsewhere deals with senders who do not come to buy, unless they plainly also do.
func elsewhere(e evidence, p playbook) (Verdict, bool) {
	for _, r := range errands() {
		if !e.has(r.kind) {
			continue
		}
		support := buyingWeight(e)
		mild := r.kind == signals.Offer || r.kind == signals.NotInterested
		if support >= r.against || mild && e.has(signals.AccountAccess, signals.Billing, signals.Problem) {
			continue
		}
		confidence := 0.9 - 0.06*float64(support)
		return Verdict{p.category(r.kind, r.category), r.reason + ".", round(confidence)}, true
	}
	return Verdict{}, false
}

// buyingWeight is intent and fit without what sellers and applicants say too: calls, prices of their own, questions.
func buyingWeight(e evidence) int {
	weight := 0
	for kind, worth := range map[signals.Kind]int{
		signals.Purchase: 2, signals.Upgrade: 3, signals.Tender: 3, signals.Demo: 3, signals.Trial: 2, signals.Evaluation: 2, signals.Need: 2, signals.Budget: 2,
		signals.CurrentTool: 1, signals.Pain: 1, signals.Size: 1, signals.Pricing: 1,
	} {
		if e.has(kind) {
			weight += worth
		}
	}
	return weight
}

// trouble deals with customers who need help. A plain malfunction may also be a buyer's complaint about what they have today.
func trouble(e evidence, p playbook) (Verdict, bool) {
	certain := e.count(signals.AccountAccess, signals.Billing, signals.Privacy, signals.Complaint)
	malfunction := e.has(signals.Problem)
	customer := e.has(signals.ExistingCustomer)
	buying := buyingWeight(e)
	if certain == 0 && !malfunction && !(customer && buying == 0) {
		return Verdict{}, false
	}
	if !customer && (certain == 0 && buying >= 2 || certain > 0 && buying >= 4) {
		return Verdict{}, false
	}
	confidence := 0.72 + 0.1*float64(min(certain, 1))
	if customer {
		confidence += 0.1
	}
	reason := "The sender " + e.named(3, signals.AccountAccess, signals.Billing, signals.Problem, signals.Complaint, signals.Privacy, signals.ExistingCustomer) +
		", which is for the support desk."
	return Verdict{p.category(signals.Problem, Support), reason, round(confidence - 0.05*float64(min(buying, 4)))}, true
}

// buyer deals with everybody who wants something that the organization may offer.
func buyer(e evidence, p playbook) (Verdict, bool) {
	intent, fit := e.intent(), e.fit()
	asks := e.named(2, wanted()...)
	if e.has(signals.Personal) && fit < enoughOverall {
		return Verdict{p.category(signals.Personal, FollowUp), "The sender writes as a private person or out of curiosity, with no purchase in sight.", 0.6}, true
	}
	if asks == "" {
		if background := e.background(); background != "" {
			return Verdict{FollowUp, "The sender " + background + ", but does not say what is wanted.", 0.5}, true
		}
		return Verdict{}, false
	}
	background := e.background()
	if least := p.leastPeople; least > 0 && e.people() > 0 && e.people() < least {
		return Verdict{FollowUp, fmt.Sprintf("The sender %s, but is smaller than the %d that the criteria ask for (%s).", asks, least, background), 0.65}, true
	}
	if intent >= enoughIntent && intent+fit >= enoughOverall && fit > 0 {
		return Verdict{Qualified, "The sender " + join(asks, background) + ".", round(0.66 + 0.05*float64(intent+fit-enoughOverall))}, true
	}
	return Verdict{FollowUp, followUpReason(asks, background), round(0.55 + 0.05*float64(max(0, enoughOverall-intent-fit)))}, true
}

func join(asks, background string) string {
	if background == "" {
		return asks
	}
	return asks + "; the sender also " + background
}

func followUpReason(asks, background string) string {
	if background == "" {
		return "The sender " + asks + ", but says nothing of the team's size, budget or timing."
	}
	return "The sender " + join(asks, background) + ", which is too little to go on yet."
}

// inWords says what a kind of evidence is, so that it can follow "the sender".
func inWords(k signals.Kind, detail string) string {
	detail = strings.Join(strings.Fields(detail), " ")
	switch k {
	case signals.Need:
		return "is looking for “" + detail + "”"
	case signals.Wish:
		return "would like to “" + detail + "”"
	case signals.Question:
		return "asks about " + detail
	case signals.Size:
		return "names a size (" + detail + ")"
	case signals.Budget:
		return "names a budget (" + detail + ")"
	case signals.Timeline:
		return "names a time (" + detail + ")"
	case signals.Role:
		return "names a role (" + detail + ")"
	case signals.CurrentTool:
		return "uses " + detail + " today"
	case signals.SelfDescription:
		return "speaks for a firm (" + detail + ")"
	case signals.CompanySize:
		return "works at a company of " + detail
	case signals.Activity:
		return "works at a company that could be looked up"
	case signals.KnownContact:
		return "is known from earlier contact"
	default:
		claim := k.Claim(detail)
		return strings.ToLower(claim[:1]) + claim[1:]
	}
}

// round keeps confidence between 0.3 and 0.97, with two decimals.
func round(confidence float64) float64 {
	return math.Round(100*max(0.3, min(0.97, confidence))) / 100
}
