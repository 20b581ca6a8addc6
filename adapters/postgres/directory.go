package postgres

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// Directory finds an organization before one is known, through narrow functions of the database.
type Directory struct{ db *DB }

var _ ports.Directory = Directory{}

// NewDirectory makes the directory of a pool.
func NewDirectory(db *DB) Directory { return Directory{db: db} }

// Form implements ports.Directory.
func (d Directory) Form(ctx context.Context, key string) (ports.FormRef, error) {
	unknown := fault.New(fault.NotFound, "There is no such form.")
	if !utf8.ValidString(key) || strings.ContainsRune(key, 0) {
		return ports.FormRef{}, unknown // Postgres would refuse to look for it
	}
	var org, form *string
	err := d.db.outside(ctx, func(ctx context.Context, q querier) error {
		return q.QueryRow(ctx, "SELECT org_id, form_id::text FROM app.resolve_form($1)", key).Scan(&org, &form)
	})
	switch {
	case err != nil:
		return ports.FormRef{}, fmt.Errorf("resolve a form: %w", err)
	case org == nil || form == nil:
		return ports.FormRef{}, unknown
	}
	return ports.FormRef{Org: tenancy.OrgID(*org), Form: *form}, nil
}

// SlackRun implements ports.Directory.
func (d Directory) SlackRun(ctx context.Context, team, run string) (tenancy.OrgID, error) {
	unknown := fault.New(fault.NotFound, "This lead is not known here.")
	id, ok := tenancy.ParseUUID(run)
	if !ok || team == "" || !utf8.ValidString(team) || strings.ContainsRune(team, 0) {
		return "", unknown
	}
	var org *string
	err := d.db.outside(ctx, func(ctx context.Context, q querier) error {
		return q.QueryRow(ctx, "SELECT app.resolve_slack_run($1, $2)", team, id).Scan(&org)
	})
	switch {
	case err != nil:
		return "", fmt.Errorf("resolve a run in Slack: %w", err)
	case org == nil:
		return "", unknown
	}
	return tenancy.OrgID(*org), nil
}
