package embedded

import "context"

// isPostgres cannot be told cheaply on Windows; two servers on one directory would destroy it.
func isPostgres(context.Context, int) bool { return true }

// killTree ends a server; its children notice by themselves.
func killTree(_ context.Context, p *process) error {
	if p.running() {
		p.kill()
	}
	return nil
}
