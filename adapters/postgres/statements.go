package postgres

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/google/uuid"
	"github.com/stephenafamo/bob"
	"github.com/stephenafamo/bob/dialect/psql"
	"github.com/stephenafamo/scan"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// write runs a statement and gives the number of rows that it changed or gave.
func (s *session) write(ctx context.Context, statement string, args ...any) (int64, error) {
	result, err := bob.Exec(ctx, s.exec, psql.RawQuery(statement, args...))
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// read gives the rows of a statement, each as a T whose fields are tagged with the columns' names.
func read[T any](ctx context.Context, s *session, statement string, args ...any) ([]T, error) {
	return bob.All(ctx, s.exec, psql.RawQuery(statement, args...), scan.StructMapper[T]())
}

// readOne gives the first row, or sql.ErrNoRows. It reads to the end, which bob.One does not: what a constraint has to say about INSERT …
// RETURNING comes after the rows.
func readOne[T any](ctx context.Context, s *session, statement string, args ...any) (T, error) {
	var none T
	found, err := read[T](ctx, s, statement, args...)
	if err != nil {
		return none, err
	}
	if len(found) == 0 {
		return none, sql.ErrNoRows
	}
	return found[0], nil
}

// held runs a statement that its lease fences and that changes how the run's page looks.
func (s *session) held(ctx context.Context, operation string, l ports.Lease, statement string, args ...any) error {
	n, err := s.write(ctx, statement, args...)
	if err != nil {
		return failed(operation, err)
	}
	if n == 0 {
		return stale(operation)
	}
	s.changed(l.Run)
	return nil
}

// failed names the operation that err comes from and turns it into the fault that the ports promise; nil stays nil.
func failed(operation string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", operation, mapError(err))
}

// stale is what the former holder of a lease is told.
func stale(operation string) error {
	return fmt.Errorf("%s: %w", operation, fault.New(fault.Stale, "Another worker goes on with this run."))
}

// unknown is what is said of an id that this organization has nothing under, be it another organization's or no id at all.
func unknown(operation string) error {
	return fmt.Errorf("%s: %w", operation, fault.New(fault.NotFound, "There is no such thing here."))
}

// corrupt is a stored value that the domain does not know: a defect of this program, or a newer version's doing.
func corrupt(column, value string) error {
	return fault.Newf(fault.Internal, "The stored %s %q is not known to this version.", column, value)
}

// isID tells whether the text can name a row at all. The server would end the transaction over any other.
func isID[T ~string](id T) bool {
	_, ok := tenancy.ParseUUID(string(id))
	return ok
}

// newID makes an id for a row that gets none from outside. UUIDv7 keeps rows of one time together in the index.
func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("new id: %w", err)
	}
	return id.String(), nil
}
