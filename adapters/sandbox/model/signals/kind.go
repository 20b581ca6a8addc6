package signals

import "strings"

// Kind is what a sentence shows.
type Kind int

// The kinds, in the order in which they tell a message's story.
const (
	Unknown Kind = iota

	// What a buyer asks for.
	Purchase
	Upgrade
	Demo
	Trial
	Pricing
	Tender
	Evaluation
	Meeting
	Need
	Wish
	Question

	// A buyer's circumstances.
	Size
	Budget
	Timeline
	Role
	CurrentTool
	Pain
	SelfDescription

	// A customer's trouble.
	AccountAccess
	Billing
	Problem
	Complaint
	Privacy
	ExistingCustomer

	// Senders who do not buy.
	Student
	Applicant
	Press
	Partner
	Investor
	Competitor
	Seller
	Offer
	Scam
	Personal
	NotInterested

	// What research says.
	Activity
	CompanySize
	Location
	Founded
	Technology
	KnownContact

	// A text that speaks to the machine.
	Injection

	kinds
)

// label returns the wording of a kind's claim. One that ends in a colon is followed by a detail.
func (k Kind) label() string {
	switch k {
	case Purchase:
		return "Wants to buy or get started"
	case Upgrade:
		return "Wants to extend what they have"
	case Demo:
		return "Asks for a demonstration"
	case Trial:
		return "Asks for a trial or pilot"
	case Pricing:
		return "Asks for prices or a quote"
	case Tender:
		return "Runs a formal tender"
	case Evaluation:
		return "Compares vendors"
	case Meeting:
		return "Asks for a call or meeting"
	case Need:
		return "Is looking for:"
	case Wish:
		return "Would like to:"
	case Question:
		return "Asks about:"
	default:
		return k.circumstance()
	}
}

func (k Kind) circumstance() string {
	switch k {
	case Size:
		return "Size:"
	case Budget:
		return "Budget:"
	case Timeline:
		return "Timeline:"
	case Role:
		return "Role:"
	case CurrentTool:
		return "Uses today:"
	case Pain:
		return "Has a problem to solve"
	case SelfDescription:
		return "Describes itself as:"
	case AccountAccess:
		return "Cannot get into an account"
	case Billing:
		return "Has a question about billing or a contract"
	case Problem:
		return "Reports that something does not work"
	case Complaint:
		return "Complains"
	case Privacy:
		return "Asks to be removed or to have data deleted"
	case ExistingCustomer:
		return "Is a customer already"
	default:
		return k.sender()
	}
}

func (k Kind) sender() string {
	switch k {
	case Student:
		return "Writes as a student"
	case Applicant:
		return "Applies for a job"
	case Press:
		return "Writes for the press"
	case Partner:
		return "Proposes a partnership"
	case Investor:
		return "Writes as an investor"
	case Competitor:
		return "Offers or researches a competing product"
	case Seller:
		return "Wants to sell something to us"
	case Offer:
		return "Describes services of its own"
	case Scam:
		return "Looks like a scam"
	case Personal:
		return "Writes as a private person"
	case NotInterested:
		return "Is not interested"
	default:
		return k.research()
	}
}

func (k Kind) research() string {
	switch k {
	case Activity:
		return "What the company does:"
	case CompanySize:
		return "Company size:"
	case Location:
		return "Location:"
	case Founded:
		return "Founded:"
	case Technology:
		return "Technology:"
	case KnownContact:
		return "Known from earlier contact"
	case Injection:
		return "The text tries to give instructions"
	default:
		return ""
	}
}

// Claim words a finding.
func (k Kind) Claim(detail string) string {
	if label := k.label(); strings.HasSuffix(label, ":") {
		return label + " " + detail
	}
	return k.label()
}

// ParseClaim is the reverse of Claim. A claim in other words is Unknown.
func ParseClaim(claim string) (Kind, string) {
	for k := Unknown + 1; k < kinds; k++ {
		label := k.label()
		if strings.HasSuffix(label, ":") {
			if detail, ok := strings.CutPrefix(claim, label+" "); ok {
				return k, detail
			}
		} else if claim == label {
			return k, ""
		}
	}
	return Unknown, ""
}

// Wants tells whether the kind is something that a buyer asks for in so many words.
func (k Kind) Wants() bool { return k >= Purchase && k <= Meeting }

// Trouble tells whether the kind calls for the support desk.
func (k Kind) Trouble() bool { return k >= AccountAccess && k <= Privacy }

// Elsewhere tells whether the kind shows a sender who does not come to buy.
func (k Kind) Elsewhere() bool { return k >= Student && k <= NotInterested }
