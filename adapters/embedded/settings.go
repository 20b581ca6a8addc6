package embedded

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// accessRules lets every role in by password, over loopback and the socket only (the manual's
// "The pg_hba.conf File"). The socket needs one too: any local user could open it.
const accessRules = `# Written by leadagent.
local all all              scram-sha-256
host  all all 127.0.0.1/32 scram-sha-256
`

func writeAccessRules(data string) error {
	return overwrite(data, "pg_hba.conf", accessRules)
}

// settings are postgresql.conf, in whole.
func settings(port int, socketDir string, durable bool) string {
	lines := []string{
		"# Written by leadagent at every start; changes are lost.",
		"listen_addresses = '127.0.0.1'",
		fmt.Sprintf("port = %d", port),
		fmt.Sprintf("unix_socket_directories = '%s'", strings.ReplaceAll(socketDir, "'", "''")),
		"unix_socket_permissions = 0700",
		"password_encryption = 'scram-sha-256'",
		"max_connections = 200",
		"shared_buffers = '128MB'",
		"timezone = 'UTC'",
		"log_timezone = 'UTC'",
		"lc_messages = 'C'",
		"log_line_prefix = '%m [%p] %q%u@%d '",
		// Short queries on small tables: compiling them costs more than running them.
		"jit = off",
	}
	if !durable {
		lines = append(lines,
			"fsync = off",
			"synchronous_commit = off",
			"full_page_writes = off",
			"wal_level = minimal",
			"max_wal_senders = 0",
			"max_wal_size = '2GB'",
			"checkpoint_timeout = '1d'",
			// It would hold a template while a test clones it.
			"autovacuum = off",
		)
	}
	return strings.Join(lines, "\n") + "\n"
}

func writeSettings(data string, port int, socketDir string, durable bool) error {
	return overwrite(data, "postgresql.conf", settings(port, socketDir, durable))
}

// overwrite replaces the content of a file that initdb has created, which stays the server's account's. That account
// could put a link in its place; os.Root keeps root from following it out of the directory.
func overwrite(data, name, content string) error {
	root, err := os.OpenRoot(data)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := errors.Join(root.WriteFile(name, []byte(content), 0o600), root.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
