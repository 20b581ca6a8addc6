//go:build unix

package embedded_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/leadagent/leadagent/adapters/embedded"
)

// runProgram starts another program that uses this package, and returns once its servers run.
func runProgram(t *testing.T, dir string) (*osexec.Cmd, programReport) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := osexec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), programEnv+"="+dir)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // killed by the test already, as a rule
	var report programReport
	if err := json.NewDecoder(out).Decode(&report); err != nil {
		t.Fatal(err)
	}
	return cmd, report
}

func kill9(t *testing.T, cmd *osexec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // "signal: killed"
}

func hostOf(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

func ownerOf(t *testing.T, path string) (uid, gid uint32) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		t.Fatalf("no owner of %s", path)
	}
	return st.Uid, st.Gid
}

func TestServersDieWithAKilledProgram(t *testing.T) {
	t.Parallel()
	cmd, report := runProgram(t, programTemporary)
	kill9(t, cmd)
	eventually(t, "Postgres is gone", func() bool { return refusing(t, hostOf(t, report.URL)) })
	eventually(t, "Redis is gone", func() bool { return refusing(t, report.Redis) })
	eventually(t, "the temporary directory is gone", func() bool { return missing(filepath.Dir(report.LogFile)) })
}

func TestNextStartClearsUpAfterAKilledProgram(t *testing.T) {
	t.Parallel()
	opts := embedded.PostgresOptions{DataDir: filepath.Join(reachableDir(t), "d")}
	cmd, report := runProgram(t, opts.DataDir)
	exec(t, report.URL, "CREATE TABLE kept AS SELECT 42 AS n")
	kill9(t, cmd)
	// At once, while the server may still be on its way down.
	p := start(t, opts)
	if got := query[int](t, p.OwnerURL(""), "SELECT n FROM kept"); got != 42 {
		t.Errorf("read back %d, want 42", got)
	}
	if report.SocketDir == p.SocketDir() || !missing(report.SocketDir) {
		t.Errorf("the former socket's directory %s is still there", report.SocketDir)
	}
}

func TestReusedProcessIDIsNoServer(t *testing.T) {
	t.Parallel()
	opts := embedded.PostgresOptions{DataDir: filepath.Join(reachableDir(t), "d")}
	stop(t, start(t, opts))
	// After a crash of the machine the server's id may be anybody's: here it is this test's.
	stale := fmt.Sprintf("%d\n%s\n1\n1\n\n\n\nready\n", os.Getpid(), filepath.Join(opts.DataDir, "data"))
	if err := os.WriteFile(filepath.Join(opts.DataDir, "data", "postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	query[int](t, start(t, opts).AppURL(""), "SELECT 1")
}

func TestServerOfSomebodyElseIsLeftAlone(t *testing.T) {
	t.Parallel()
	opts := embedded.PostgresOptions{DataDir: filepath.Join(reachableDir(t), "d")}
	p := start(t, opts)
	stop(t, p)
	data := filepath.Join(opts.DataDir, "data")
	// The settings name a socket directory that went with Stop.
	other := osexec.CommandContext(t.Context(), filepath.Join(p.BinDir(), "postgres"), "-D", data, "-c", "unix_socket_directories=")
	if os.Geteuid() == 0 {
		uid, gid := ownerOf(t, data)
		other.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill9(t, other) })
	eventually(t, "the other server is ready", func() bool {
		raw, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
		return err == nil && strings.Contains(string(raw), "ready")
	})
	_, err := embedded.StartPostgres(t.Context(), opts)
	if !errors.Is(err, embedded.ErrInUse) || !strings.Contains(err.Error(), fmt.Sprint(other.Process.Pid)) {
		t.Errorf("%v, want ErrInUse that names process %d", err, other.Process.Pid)
	}
}

func TestServerGoesOnUnderTheAccountThatItBeganWith(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root runs servers under other accounts")
	}
	opts := embedded.PostgresOptions{DataDir: filepath.Join(reachableDir(t), "d")}
	stop(t, start(t, opts))
	// As where the postgres user did not exist at the first start.
	const nobody = 65534
	chown := func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, nobody, nobody))
	}
	if err := filepath.WalkDir(filepath.Join(opts.DataDir, "data"), chown); err != nil {
		t.Fatal(err)
	}
	query[int](t, start(t, opts).AppURL(""), "SELECT 1")
}

func TestServerDoesNotRunAsRoot(t *testing.T) {
	t.Parallel()
	p := start(t, embedded.PostgresOptions{})
	dir := query[string](t, p.SuperuserURL(""), "SHOW data_directory")
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if uid, _ := ownerOf(t, dir); uid == 0 {
		t.Error("its data belongs to root")
	}
	if mode := info.Mode().Perm(); mode != 0o700 {
		t.Errorf("its data is open to others: %v", mode)
	}
	secrets, err := os.Stat(filepath.Join(filepath.Dir(dir), "secrets.json"))
	if err != nil {
		t.Fatal(err)
	}
	if mode := secrets.Mode().Perm(); mode != 0o600 {
		t.Errorf("the passwords are open to others: %v", mode)
	}
}
