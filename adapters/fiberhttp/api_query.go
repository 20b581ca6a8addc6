package fiberhttp

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/domain/fault"
)

// Limits of lists.
const (
	defaultLimit = 25
	maxLimit     = 100
	maxParameter = 300 // characters of a query parameter
)

// listQuery reads the parameters of a list strictly and gathers what is wrong with them.
type listQuery struct {
	values url.Values
	bad    []fault.Field
}

// readListQuery takes the parameters that the list knows. An unknown one, or one given twice, is refused: a filter that is silently left out shows
// more than was asked for.
func readListQuery(c *fiber.Ctx, known ...string) *listQuery {
	q := &listQuery{}
	values, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		q.reject("query", "The query cannot be read.")
		return q
	}
	q.values = values
	for name, all := range values {
		switch {
		case !slices.Contains(known, name):
			q.reject(clipped(strings.ToValidUTF8(name, "�")), "There is no such filter here.")
		case len(all) > 1:
			q.reject(name, "Give this once.")
		case !plainParameter(all[0]):
			q.reject(name, "This is no text that can be looked for.")
		}
	}
	return q
}

func plainParameter(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsRune(s, 0) && utf8.RuneCountInString(s) <= maxParameter
}

func (q *listQuery) reject(name, message string) {
	q.bad = append(q.bad, fault.Field{Name: name, Message: message})
}

// fault is nil when every parameter was right.
func (q *listQuery) fault() error {
	if len(q.bad) == 0 {
		return nil
	}
	slices.SortFunc(q.bad, func(a, b fault.Field) int { return strings.Compare(a.Name, b.Name) })
	return fault.InvalidFields(q.bad...)
}

func (q *listQuery) text(name string) string { return q.values.Get(name) }

func (q *listQuery) limit() int {
	raw := q.values.Get("limit")
	if raw == "" {
		return defaultLimit
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < 1 || n > maxLimit {
		q.reject("limit", "Give a number from 1 to 100.")
		return defaultLimit
	}
	return n
}

func (q *listQuery) time(name string) time.Time {
	raw := q.values.Get(name)
	if raw == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, raw)
	if err != nil || at.Year() < 1 || at.Year() > 9999 {
		q.reject(name, "Give a time like 2026-11-23T14:02:00Z (RFC 3339).")
		return time.Time{}
	}
	return at
}

// oneOf reads a parameter that has a fixed set of values.
func oneOf[T ~string](q *listQuery, name string, parse func(string) (T, bool), known []T) T {
	raw := q.values.Get(name)
	if raw == "" {
		return ""
	}
	value, ok := parse(raw)
	if !ok {
		names := make([]string, len(known))
		for i, k := range known {
			names[i] = string(k)
		}
		q.reject(name, "Give one of "+strings.Join(names, ", ")+".")
	}
	return value
}

// searchText is what a page's search looks for: text, and not too much of it.
func searchText(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""))
	if r := []rune(s); len(r) > maxParameter {
		return string(r[:maxParameter])
	}
	return s
}
