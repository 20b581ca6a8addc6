package web

import (
	"strconv"
	"time"
)

// Clock says when a page is rendered and in whose time zone its times are shown.
type Clock struct {
	// Now is the moment of rendering, for relative times.
	Now time.Time
	// Zone is the organization's time zone; nil means UTC.
	Zone *time.Location
}

func (c Clock) local(t time.Time) time.Time {
	if c.Zone == nil {
		return t.UTC()
	}
	return t.In(c.Zone)
}

// full is the unambiguous form: "Mon 23 Nov 2026, 14:02 CET".
func (c Clock) full(t time.Time) string { return c.local(t).Format("Mon 2 Jan 2006, 15:04 MST") }

// clock is the time alone on the same day, else with the date: "14:02", "22 Nov, 14:02".
func (c Clock) clock(t time.Time) string {
	local, now := c.local(t), c.local(c.Now)
	switch {
	case sameDay(local, now):
		return local.Format("15:04")
	case local.Year() == now.Year():
		return local.Format("2 Jan, 15:04")
	default:
		return local.Format("2 Jan 2006, 15:04")
	}
}

// precise is clock with seconds on the same day, for things that follow each other closely.
func (c Clock) precise(t time.Time) string {
	if local := c.local(t); sameDay(local, c.local(c.Now)) {
		return local.Format("15:04:05")
	}
	return c.clock(t)
}

// date is the day alone: "23 Nov", with the year when it is another one.
func (c Clock) date(t time.Time) string {
	local := c.local(t)
	if local.Year() == c.local(c.Now).Year() {
		return local.Format("2 Jan")
	}
	return local.Format("2 Jan 2006")
}

// relative is the distance from now in words: "just now", "5 minutes ago", "in 2 hours".
func (c Clock) relative(t time.Time) string {
	distance := c.Now.Sub(t)
	if distance.Abs() < time.Minute {
		if distance < 0 {
			return "in a moment"
		}
		return "just now"
	}
	words := span(distance.Abs())
	if distance < 0 {
		return "in " + words
	}
	return words + " ago"
}

// span is a duration in its largest whole unit: "5 minutes", "1 hour", "3 days".
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute", "minutes")
	case d < 24*time.Hour:
		return plural(int(d/time.Hour), "hour", "hours")
	default:
		return plural(int(d/(24*time.Hour)), "day", "days")
	}
}

// took is a measured duration, short: "under 0.1 s", "0.4 s", "12 s", "2 min 5 s".
func took(d time.Duration) string {
	switch {
	case d < 50*time.Millisecond:
		return "under 0.1 s"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Minute:
		return strconv.Itoa(int(d.Round(time.Second)/time.Second)) + " s"
	default:
		d = d.Round(time.Second)
		return strconv.Itoa(int(d/time.Minute)) + " min " + strconv.Itoa(int(d%time.Minute/time.Second)) + " s"
	}
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }
