package embedded

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
)

// brewFormula names a version, since Homebrew's plain name moves to the next major version by itself.
const brewFormula = "postgresql@17"

// brew installs Homebrew's server. Homebrew starts no service by itself.
func (f *finder) brew(ctx context.Context) (installation, error) {
	if _, err := exec.LookPath("brew"); err != nil {
		return installation{}, errNotInstalled
	}
	f.progress("Postgres is not installed; installing " + brewFormula + " with Homebrew, once. This takes a few minutes.")
	if _, err := run(ctx, nil, "brew", "install", "--quiet", brewFormula); err != nil {
		return installation{}, err
	}
	prefix, err := run(ctx, nil, "brew", "--prefix", brewFormula)
	if err != nil {
		return installation{}, err
	}
	return choose(ctx, []string{filepath.Join(strings.TrimSpace(prefix), "bin")}, f.major, f.as)
}
