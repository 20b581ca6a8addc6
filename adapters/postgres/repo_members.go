package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/stephenafamo/bob/dialect/psql"
	"github.com/stephenafamo/bob/dialect/psql/sm"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

type memberRepo struct{ *session }

var _ ports.Members = memberRepo{}

// Get implements ports.Members.
func (r memberRepo) Get(ctx context.Context, id tenancy.UserID) (tenancy.Member, error) {
	row, err := dbmodel.FindMember(ctx, r.exec, r.org(), string(id))
	if err != nil {
		return tenancy.Member{}, failed("get member", err)
	}
	member, err := toMember(row)
	return member, failed("get member", err)
}

// ByEmail implements ports.Members. Addresses are stored in lower case.
func (r memberRepo) ByEmail(ctx context.Context, email string) (tenancy.Member, error) {
	if email == "" {
		return tenancy.Member{}, unknown("find member")
	}
	where := dbmodel.SelectWhere.Members
	rows, err := dbmodel.Members.Query(where.Email.EQ(strings.ToLower(email)), where.Active.EQ(true), sm.Limit(2)).All(ctx, r.exec)
	if err != nil {
		return tenancy.Member{}, failed("find member", err)
	}
	if len(rows) != 1 {
		return tenancy.Member{}, unknown("find member")
	}
	member, err := toMember(rows[0])
	return member, failed("find member", err)
}

// putMember keeps what is known as of the later moment; an earlier one only fills in an address or a name that is missing.
const putMember = `
INSERT INTO members AS m (org_id, user_id, email, name, role, active, role_changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (org_id, user_id) DO UPDATE SET
  (email, name, role, active) = (SELECT
    CASE WHEN newer THEN coalesce(nullif(excluded.email, ''), m.email) ELSE coalesce(nullif(m.email, ''), excluded.email) END,
    CASE WHEN newer THEN coalesce(nullif(excluded.name, ''), m.name) ELSE coalesce(nullif(m.name, ''), excluded.name) END,
    CASE WHEN newer THEN excluded.role ELSE m.role END,
    CASE WHEN newer THEN excluded.active ELSE m.active END
    FROM (SELECT excluded.role_changed_at >= m.role_changed_at AS newer) x),
  role_changed_at = greatest(m.role_changed_at, excluded.role_changed_at),
  updated_at = now()`

// Put implements ports.Members. That a membership is active is known as of the same moment as its role.
func (r memberRepo) Put(ctx context.Context, m tenancy.Member, asOf time.Time) error {
	if m.Role == 0 {
		return failed("put member", fault.New(fault.Invalid, "A member needs one of the roles admin, manager and member."))
	}
	_, err := r.write(ctx, putMember, r.org(), string(m.UserID), strings.ToLower(m.Email), m.Name, m.Role.String(), m.Active, asOf)
	return failed("put member", err)
}

// List implements ports.Members.
func (r memberRepo) List(ctx context.Context) ([]tenancy.Member, error) {
	columns := dbmodel.Members.Columns
	rows, err := dbmodel.Members.Query(dbmodel.SelectWhere.Members.Active.EQ(true),
		sm.OrderBy(psql.F("lower", columns.Name)), sm.OrderBy(columns.Email), sm.OrderBy(columns.UserID)).All(ctx, r.exec)
	if err != nil {
		return nil, failed("list members", err)
	}
	list := make([]tenancy.Member, 0, len(rows))
	for _, row := range rows {
		member, err := toMember(row)
		if err != nil {
			return nil, failed("list members", err)
		}
		list = append(list, member)
	}
	return list, nil
}

func toMember(row *dbmodel.Member) (tenancy.Member, error) {
	role := tenancy.ParseRole(row.Role)
	if role == 0 {
		return tenancy.Member{}, corrupt("role", row.Role)
	}
	return tenancy.Member{UserID: tenancy.UserID(row.UserID), Email: row.Email, Name: row.Name, Role: role, Active: row.Active}, nil
}
