package postgres

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/leadagent/leadagent/domain/fault"
)

// tryAgainAfter is what callers of an unreachable database are told to wait.
const tryAgainAfter = 2 * time.Second

// mapError turns what the driver says into the fault that the ports promise. Faults, and errors that have nothing to do with the database,
// are passed on as they are. Constraints are known by their names.
func mapError(err error) error {
	var known *fault.Error
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, sql.ErrNoRows), errors.Is(err, pgx.ErrNoRows):
		return fault.Wrap(fault.NotFound, err, "There is no such thing here.")
	case errors.As(err, &pg):
		return fromServer(pg, err)
	case unreachable(err):
		return overloaded(err)
	}
	return err
}

func overloaded(err error) error {
	return fault.Wrap(fault.Overloaded, err, "The database cannot be reached right now. Try again in a moment.").After(tryAgainAfter)
}

// fromServer reads the server's own word (the manual's appendix "PostgreSQL Error Codes").
func fromServer(pg *pgconn.PgError, err error) error {
	if temporary(pg.Code) {
		return overloaded(err)
	}
	switch pg.Code {
	case "23505": // unique_violation
		return fault.Wrap(fault.Conflict, err, "That exists already.")
	case "23503": // foreign_key_violation
		return missingReference(pg, err)
	}
	if strings.HasPrefix(pg.Code, "22") { // data exceptions: a NUL byte, a number out of range
		return fault.Wrap(fault.Invalid, err, "A value cannot be stored as it was sent.")
	}
	return err
}

// missingReference says what a row refers to that this organization does not have.
func missingReference(pg *pgconn.PgError, err error) error {
	switch pg.ConstraintName {
	case "leads_org_id_assigned_to_fkey":
		f := fault.InvalidFields(fault.Field{Name: "assigned_to", Message: "Nobody in your organization has this id."})
		return withCause(f, err)
	case "leads_org_id_user_id_fkey":
		return fault.Wrap(fault.Invalid, err, "The submitting member is not known here.")
	}
	return fault.Wrap(fault.NotFound, err, "It refers to something that does not exist here.")
}

func withCause(f *fault.Error, cause error) error {
	wrapped := fault.Wrap(f.Kind, cause, f.Message)
	wrapped.Fields = f.Fields
	return wrapped
}

// temporary tells the server's troubles that pass by themselves. Whatever ran then was rolled back.
func temporary(code string) bool {
	switch code {
	case
		"25006",                   // read_only_sql_transaction: a failover is under way
		"25P03", "25P04", "57014", // timeouts of an idle transaction, a transaction, a statement
		"40001", "40P01", // serialization_failure, deadlock_detected
		"55P03",                            // lock_not_available
		"57P01", "57P02", "57P03", "57P05": // shutdown, crash, starting up, idle session
		return true
	}
	// 08: connection exceptions; 53: insufficient resources, too_many_connections among them; 58: the machine's own trouble.
	return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "53") || strings.HasPrefix(code, "58")
}

// unreachable tells whether the trouble lies with the connection or with waiting for one. A caller that went away is not meant.
func unreachable(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	var network net.Error
	var connecting *pgconn.ConnectError
	return errors.As(err, &connecting) || errors.As(err, &network) || pgconn.SafeToRetry(err) || pgconn.Timeout(err) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed)
}

// again tells whether the transaction lost against another one and is worth a second try at once.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
