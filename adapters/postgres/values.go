package postgres

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/aarondl/opt/null"
	"github.com/aarondl/opt/omitnull"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stephenafamo/bob/types"

	"github.com/leadagent/leadagent/domain/leads"
)

// The domain writes "none" as a zero value, the database as NULL. These convert between the two, for setters and for bare arguments.

func orNull[T ~string](s T) omitnull.Val[string] {
	if s == "" {
		return omitnull.FromNull(null.Val[string]{})
	}
	return omitnull.From(string(s))
}

func argument[T ~string](s T) any {
	if s == "" {
		return nil
	}
	return string(s)
}

func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

func timeOf(v null.Val[time.Time]) time.Time {
	if t, ok := v.Get(); ok {
		return t.UTC()
	}
	return time.Time{}
}

// jsonb is a document as setters take it.
type jsonb = types.JSON[json.RawMessage]

// document encodes a value for a jsonb column.
func document(column string, value any) (jsonb, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return jsonb{}, fmt.Errorf("encode %s: %w", column, err)
	}
	return types.NewJSON(json.RawMessage(encoded)), nil
}

// raw is JSON that comes encoded already; nil is NULL.
func raw(encoded []byte) any {
	if encoded == nil {
		return nil
	}
	return string(encoded)
}

// decode reads a jsonb column.
func decode(column string, stored jsonb, into any) error {
	if err := json.Unmarshal(stored.Val, into); err != nil {
		return fmt.Errorf("decode %s: %w", column, err)
	}
	return nil
}

func bytesOf(v null.Val[jsonb]) []byte {
	if doc, ok := v.Get(); ok {
		return doc.Val
	}
	return nil
}

// interval is a span as Postgres keeps it, in microseconds and without calendar units.
func interval(d time.Duration) pgtype.Interval {
	return pgtype.Interval{Microseconds: d.Microseconds(), Valid: true}
}

// span reads an interval. One that an operator wrote in days or months counts days of 24 hours and months of 30 days.
func span(i pgtype.Interval) time.Duration {
	const day = 24 * time.Hour
	return time.Duration(i.Microseconds)*time.Microsecond + time.Duration(i.Days)*day + time.Duration(i.Months)*30*day
}

// categoryOf reads a category that may be missing.
func categoryOf(v null.Val[string]) (leads.Category, error) {
	stored, ok := v.Get()
	if !ok {
		return "", nil
	}
	category, known := leads.ParseCategory(stored)
	if !known {
		return "", corrupt("category", stored)
	}
	return category, nil
}
