// Package migrations carries the numbered SQL of the database, each table's row-level security beside the table. It holds no code that
// runs it.
package migrations

import "embed"

// Files are the migrations, named NNNNN_what.sql.
//
//go:embed *.sql
var Files embed.FS
