// Package billing says what a plan allows and how leads count against it. It knows nothing of payments or of storage.
package billing

import "time"

// Plan is what an organization subscribed to.
type Plan string

// The plans.
const (
	Starter    Plan = "starter"
	Pro        Plan = "pro"
	Enterprise Plan = "enterprise"
)

// Unlimited stands for no limit where a limit is a number.
const Unlimited = 0

// Terms are a plan's limits and its price.
type Terms struct {
	Leads  int // a month; Unlimited for none
	Seats  int // Unlimited for none
	Price  int // US cents a month; 0: by agreement
	Title  string
	Public bool // can be bought without talking to anybody
}

// ParsePlan reads a plan; false for anything else.
func ParsePlan(s string) (Plan, bool) {
	switch p := Plan(s); p {
	case Starter, Pro, Enterprise:
		return p, true
	default:
		return "", false
	}
}

// Terms of the plan; an unknown plan has Starter's.
func (p Plan) Terms() Terms {
	switch p {
	case Pro:
		return Terms{Leads: 1000, Seats: 10, Price: 19900, Title: "Pro", Public: true}
	case Enterprise:
		return Terms{Leads: Unlimited, Seats: Unlimited, Title: "Enterprise"}
	case Starter:
	}
	return Terms{Leads: 100, Seats: 3, Price: 4900, Title: "Starter", Public: true}
}

// Period is the span over which leads are counted, from Start (inclusive) to End (exclusive).
type Period struct {
	Start, End time.Time
}

// PeriodAt is the month, counted from the organization's beginning, that holds now. A beginning on a day that a month lacks falls on that
// month's last day. Times are UTC.
func PeriodAt(began, now time.Time) Period {
	began, now = began.UTC(), now.UTC()
	n := (now.Year()-began.Year())*12 + int(now.Month()) - int(began.Month())
	if addMonths(began, n).After(now) {
		n--
	}
	return Period{Start: addMonths(began, n), End: addMonths(began, n+1)}
}

func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// Usage is how much of a plan is used in a period.
type Usage struct {
	Period Period
	Used   int
	Limit  int // Unlimited for none
}

// Reached tells whether the next lead is over the limit.
func (u Usage) Reached() bool { return u.Limit != Unlimited && u.Used >= u.Limit }
