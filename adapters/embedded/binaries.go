package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the first version with what is used here: CREATE DATABASE … STRATEGY.
const oldestMajor = 15

// installation is one set of server binaries.
type installation struct {
	binDir string
	major  int
}

// command is the path of one of the binaries.
func (i installation) command(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(i.binDir, name)
}

// installedDirs lists the directories where servers are installed, best first: PATH, then the places of the
// distributions' packages, Homebrew, Postgres.app and the Windows installer, newest version first.
func installedDirs() []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		// A link in PATH leads to the directory that has the other binaries.
		if target, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(target))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*",
		"/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
		`C:\Program Files\PostgreSQL\*\bin`,
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			continue // the patterns are constant and well-formed
		}
		slices.SortStableFunc(found, func(a, b string) int { return cmp.Compare(versionInPath(b), versionInPath(a)) })
		dirs = append(dirs, found...)
	}
	return slices.Compact(dirs)
}

var digits = regexp.MustCompile(`\d+`)

// versionInPath is the last number in a path like /usr/lib/postgresql/17/bin.
func versionInPath(path string) int {
	all := digits.FindAllString(path, -1)
	if len(all) == 0 {
		return 0
	}
	n, err := strconv.Atoi(all[len(all)-1])
	if err != nil {
		return 0
	}
	return n
}

// inspect makes sure that the account can run the binaries in dir, and asks for their version.
func inspect(ctx context.Context, dir string, as *account) (installation, error) {
	i := installation{binDir: dir}
	cmd := exec.CommandContext(ctx, i.command("postgres"), "--version")
	cmd.Env = serverEnv()
	cmd.Dir = filepath.VolumeName(dir) + string(filepath.Separator)
	confine(cmd, as, 0)
	out, err := cmd.Output()
	if err != nil {
		return i, fmt.Errorf("%s: %w", cmd.Path, err)
	}
	// "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
	_, version, _ := strings.Cut(string(out), "(PostgreSQL) ")
	if _, err := fmt.Sscanf(version, "%d", &i.major); err != nil {
		return i, fmt.Errorf("%s tells no version: %q", cmd.Path, out)
	}
	if _, err := exec.LookPath(i.command("initdb")); err != nil {
		return i, fmt.Errorf("no initdb beside %s: %w", cmd.Path, err)
	}
	return i, nil
}

// choose returns the first installation in dirs that is new enough and, where data exists already, of the
// version that wrote it (0: any). The error says what was wrong with each.
func choose(ctx context.Context, dirs []string, major int, as *account) (installation, error) {
	var rejected []error
	other := 0
	for _, dir := range dirs {
		i, err := inspect(ctx, dir, as)
		switch {
		case err != nil:
			rejected = append(rejected, err)
		case i.major < oldestMajor:
			rejected = append(rejected, fmt.Errorf("%s has Postgres %d, older than %d", dir, i.major, oldestMajor))
		case major != 0 && i.major != major:
			other = i.major
		default:
			return i, nil
		}
	}
	if other != 0 {
		rejected = append(rejected, fmt.Errorf("the data was written by Postgres %d and this machine has %d: install Postgres %[1]d, or start afresh with --reset, which deletes the data: %[3]w",
			major, other, ErrOtherVersion))
	}
	if len(rejected) == 0 {
		rejected = append(rejected, errNotInstalled)
	}
	return installation{}, errors.Join(rejected...)
}

var errNotInstalled = errors.New("not installed")
