package embedded

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// CreateDatabase creates a database that the owner role owns: an empty one, or, where template is not empty, a
// copy of that database with its privileges and settings. Nobody may be connected to the template meanwhile;
// SealDatabase sees to that.
func (p *Postgres) CreateDatabase(ctx context.Context, name, template string) error {
	return p.asSuperuser(ctx, func(conn *pgx.Conn) error {
		if err := createDatabase(ctx, conn, name, p.opts.OwnerRole, template); err != nil {
			return err
		}
		if template == "" {
			return nil
		}
		return copyGrants(ctx, conn, name, template)
	})
}

func createDatabase(ctx context.Context, conn *pgx.Conn, name, owner, template string) error {
	statement := "CREATE DATABASE " + quote(name) + " OWNER " + quote(owner)
	if template != "" {
		// Copying files beats the default, which logs every page, once fsync is off.
		statement += " TEMPLATE " + quote(template) + " STRATEGY file_copy"
	}
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// copyGrants copies what CREATE DATABASE leaves out: privileges on the database and its settings. The catalogue
// has no statement for "like that one", so it is written to directly.
func copyGrants(ctx context.Context, conn *pgx.Conn, name, template string) error {
	batch := &pgx.Batch{}
	batch.Queue(`UPDATE pg_database SET datacl = t.datacl FROM pg_database t
		WHERE pg_database.datname = $1 AND t.datname = $2 AND t.datacl IS NOT NULL`, name, template)
	batch.Queue(`INSERT INTO pg_db_role_setting (setdatabase, setrole, setconfig)
		SELECT d.oid, s.setrole, s.setconfig
		FROM pg_db_role_setting s JOIN pg_database t ON t.oid = s.setdatabase, pg_database d
		WHERE d.datname = $1 AND t.datname = $2`, name, template)
	if err := conn.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("privileges of database %s: %w", name, err)
	}
	return nil
}

// SealDatabase ends all sessions in a database and lets nobody in again, so that it can serve as a template.
func (p *Postgres) SealDatabase(ctx context.Context, name string) error {
	return p.asSuperuser(ctx, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "ALTER DATABASE "+quote(name)+" WITH ALLOW_CONNECTIONS false"); err != nil {
			return fmt.Errorf("seal database %s: %w", name, err)
		}
		_, err := conn.Exec(ctx, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1", name)
		if err != nil {
			return fmt.Errorf("end the sessions of database %s: %w", name, err)
		}
		return nil
	})
}

// DropDatabase drops a database together with the sessions in it; a missing one is no error.
func (p *Postgres) DropDatabase(ctx context.Context, name string) error {
	return p.asSuperuser(ctx, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)"); err != nil {
			return fmt.Errorf("drop database %s: %w", name, err)
		}
		return nil
	})
}
