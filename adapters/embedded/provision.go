package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// provision creates or corrects the two roles and creates the database. It can be repeated.
func (p *Postgres) provision(ctx context.Context) error {
	return p.asSuperuser(ctx, func(conn *pgx.Conn) error {
		const nothing = " NOSUPERUSER NOCREATEDB NOREPLICATION NOBYPASSRLS INHERIT CONNECTION LIMIT -1"
		for _, r := range []struct{ name, attributes, password string }{
			{p.opts.OwnerRole, "LOGIN CREATEROLE" + nothing, p.secrets.Owner},
			{p.opts.AppRole, "LOGIN NOCREATEROLE" + nothing, p.secrets.App},
		} {
			if err := ensureRole(ctx, conn, r.name, r.attributes, r.password); err != nil {
				return err
			}
		}
		var exists bool
		err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", p.opts.Database).Scan(&exists)
		if err != nil {
			return fmt.Errorf("look for the database: %w", err)
		}
		if exists {
			return nil
		}
		return createDatabase(ctx, conn, p.opts.Database, p.opts.OwnerRole, "")
	})
}

func ensureRole(ctx context.Context, conn *pgx.Conn, name, attributes, password string) error {
	var exists bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", name).Scan(&exists); err != nil {
		return fmt.Errorf("look for role %s: %w", name, err)
	}
	verb := "CREATE"
	if exists {
		verb = "ALTER"
	}
	// The password is hexadecimal, so it needs no quoting of its own.
	statement := fmt.Sprintf("%s ROLE %s WITH %s PASSWORD '%s'", verb, quote(name), attributes, password)
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s role %s: %w", verb, name, err)
	}
	return nil
}

func quote(identifier string) string { return pgx.Identifier{identifier}.Sanitize() }

// asSuperuser runs do on a connection of its own.
func (p *Postgres) asSuperuser(ctx context.Context, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, p.SuperuserURL(superuser))
	if err != nil {
		return fmt.Errorf("connect as superuser: %w", err)
	}
	return errors.Join(do(conn), conn.Close(context.WithoutCancel(ctx)))
}

// OwnerURL connects to db as the role that owns it, for migrations; db empty means the database of the options.
func (p *Postgres) OwnerURL(db string) string {
	return p.url(p.opts.OwnerRole, p.secrets.Owner, db)
}

// AppURL connects to db as the role that may log in and nothing else; db empty means the database of the options.
func (p *Postgres) AppURL(db string) string {
	return p.url(p.opts.AppRole, p.secrets.App, db)
}

// SuperuserURL connects to db as the cluster's superuser, for pg_dump and for tests that read the catalogue; db
// empty means the database of the options.
func (p *Postgres) SuperuserURL(db string) string {
	return p.url(superuser, p.secrets.Superuser, db)
}

func (p *Postgres) url(role, password, db string) string {
	if db == "" {
		db = p.opts.Database
	}
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, password), Path: "/" + db,
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)),
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Port is the TCP port on 127.0.0.1.
func (p *Postgres) Port() int { return p.port }

// SocketDir holds the unix socket; empty on Windows.
func (p *Postgres) SocketDir() string { return p.socketDir }

// BinDir holds the server's binaries. pg_dump and psql are among them but for an installation from npm.
func (p *Postgres) BinDir() string { return p.inst.binDir }

// Major is the server's major version.
func (p *Postgres) Major() int { return p.inst.major }

// LogFile is the server's log.
func (p *Postgres) LogFile() string { return p.dir.logFile() }
