package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Finding is one thing that is wrong with the database.
type Finding struct {
	What string // a sentence without its full stop
	Mend string // the command that mends it; %s-free, to be run as the owner or, for roles, as who manages them
}

// String is the finding as a person reads it.
func (f Finding) String() string { return f.What + " (" + f.Mend + ")" }

// check is a question to the catalogue, each row of whose answer is a finding. $1 is what its question names.
type check struct {
	about string
	sql   string
	arg   any // nil: the question takes none
}

// Inspect proves from the catalogue, as the role that the program runs as, that the wall between organizations stands: the roles, every
// table with its policies, keys and indexes, every function that runs as somebody else. No findings mean that it does. An error means that
// it could not look.
func Inspect(ctx context.Context, db *DB) ([]Finding, error) {
	findings, err := db.ask(ctx, append(append(roleChecks(), tableChecks()...), functionChecks()...))
	if err != nil {
		return nil, fmt.Errorf("inspect the database: %w", err)
	}
	more, err := db.inspectScope(ctx)
	if err != nil {
		return nil, fmt.Errorf("inspect the database: %w", err)
	}
	findings = append(findings, more...)
	if more, err = db.inspectVersion(ctx); err != nil {
		return nil, fmt.Errorf("inspect the database: %w", err)
	}
	return append(findings, more...), nil
}

// CheckStart is what every start asks before anything else: is this the role that row-level security holds for, and the schema that the
// program was built for? The error names everything that is not so.
func CheckStart(ctx context.Context, db *DB) error {
	findings, err := db.ask(ctx, roleChecks())
	if err != nil {
		return fmt.Errorf("check the database: %w", err)
	}
	more, err := db.inspectVersion(ctx)
	if err != nil {
		return fmt.Errorf("check the database: %w", err)
	}
	var mistakes []error
	for _, f := range append(findings, more...) {
		mistakes = append(mistakes, errors.New(f.String()))
	}
	return errors.Join(mistakes...)
}

// ask puts the questions in one transaction, whose search path makes the catalogue name everything in full.
func (db *DB) ask(ctx context.Context, checks []check) ([]Finding, error) {
	var findings []Finding
	err := db.read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL search_path = pg_catalog"); err != nil {
			return err
		}
		for _, c := range checks {
			var args []any
			if c.arg != nil {
				args = append(args, c.arg)
			}
			rows, err := tx.Query(ctx, c.sql, args...)
			if err != nil {
				return fmt.Errorf("%s: %w", c.about, err)
			}
			found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Finding])
			if err != nil {
				return fmt.Errorf("%s: %w", c.about, err)
			}
			findings = append(findings, found...)
		}
		return nil
	})
	return findings, err
}

// inspectScope asks for the organization where there is none.
func (db *DB) inspectScope(ctx context.Context) ([]Finding, error) {
	restore := "restore the function app.current_org() from the first migration"
	var findings []Finding
	for _, c := range []struct{ set, unsafe string }{
		{"SELECT set_config('app.org_id', '', true)", "app.current_org() gives an organization when the setting is empty"},
		{"RESET app.org_id", "app.current_org() gives an organization when there is no setting"},
	} {
		err := db.read(ctx, func(ctx context.Context, tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, c.set); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "SELECT app.current_org()")
			return err
		})
		var raised *pgconn.PgError
		switch {
		case err == nil:
			findings = append(findings, Finding{What: c.unsafe, Mend: restore})
		case !errors.As(err, &raised):
			return nil, err
		case raised.Code != "42501": // insufficient_privilege, which it raises itself
			findings = append(findings, Finding{What: "app.current_org() cannot be asked: " + raised.Message, Mend: restore})
		}
	}
	return findings, nil
}

func (db *DB) inspectVersion(ctx context.Context) ([]Finding, error) {
	wanted, err := WantedVersion()
	if err != nil {
		return nil, err
	}
	version, err := db.SchemaVersion(ctx)
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused) && refused.Code == "42501":
		return []Finding{{What: "the schema's version cannot be read", Mend: "leadagent migrate"}}, nil
	case err != nil:
		return nil, err
	case version < wanted:
		return []Finding{{What: fmt.Sprintf("the schema is at version %d and the program needs %d", version, wanted), Mend: "leadagent migrate"}}, nil
	case version > wanted:
		return []Finding{{
			What: fmt.Sprintf("the schema is at version %d and the program knows only %d", version, wanted), Mend: "start the newer program",
		}}, nil
	}
	return nil, nil
}

// read runs do in a transaction without an organization and rolls it back.
func (db *DB) read(ctx context.Context, do func(context.Context, pgx.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, db.opts.UnitTimeout)
	defer cancel()
	conn, err := db.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	tx, err := conn.Begin(ctx)
	if err != nil {
		return mapError(err)
	}
	defer rollback(ctx, tx)
	return mapError(do(ctx, tx))
}
