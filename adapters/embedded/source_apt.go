package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// aptServer is Debian's meta package for the distribution's own version.
const aptServer = "postgresql"

// clusterDefaults is where Debian keeps the defaults of clusters that its packages create (pg_createcluster(8)).
const clusterDefaults = "/etc/postgresql-common/createcluster.conf"

// apt installs the distribution's server, without the cluster and service that its package would set up.
func (f *finder) apt(ctx context.Context) (installation, error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return installation{}, errNotInstalled
	}
	if !runningAsRoot() {
		return installation{}, errors.New("needs root")
	}
	f.progress("Postgres is not installed; installing Debian's package with apt-get, once. This takes about a minute.")
	// The package that holds the defaults comes first, so that they can be set before the server's own script
	// reads them.
	if err := aptInstall(ctx, "postgresql-common"); err != nil {
		f.progress("apt-get has no recent list of packages; fetching it.")
		if _, err := run(ctx, aptEnv(), "apt-get", "update"); err != nil {
			return installation{}, err
		}
		if err := aptInstall(ctx, "postgresql-common"); err != nil {
			return installation{}, err
		}
	}
	restore, err := withoutMainCluster()
	if err != nil {
		return installation{}, err
	}
	err = errors.Join(aptInstall(ctx, aptServer), restore())
	if err != nil {
		return installation{}, err
	}
	return choose(ctx, installedDirs(), f.major, f.as)
}

func aptEnv() []string { return []string{"DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"} }

func aptInstall(ctx context.Context, name string) error {
	// Another apt-get may be at work, an unattended upgrade for one: wait for it instead of failing.
	_, err := run(ctx, aptEnv(), "apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", name)
	return err
}

// withoutMainCluster makes Debian's package create no cluster; restore puts the administrator's file back.
func withoutMainCluster() (restore func() error, err error) {
	before, err := os.ReadFile(clusterDefaults)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return nil, fmt.Errorf("defaults of Debian's clusters: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(clusterDefaults), 0o755); err != nil {
		return nil, fmt.Errorf("defaults of Debian's clusters: %w", err)
	}
	// The last line of a kind counts.
	during := slices.Concat(before, []byte("\ncreate_main_cluster = false\n"))
	if err := os.WriteFile(clusterDefaults, during, 0o644); err != nil {
		return nil, fmt.Errorf("defaults of Debian's clusters: %w", err)
	}
	return func() error {
		if missing {
			return os.Remove(clusterDefaults)
		}
		return os.WriteFile(clusterDefaults, before, 0o644)
	}, nil
}
