package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// superuser is the cluster's first role; only this package and tests of the catalogue use it.
const superuser = "postgres"

// initialize creates the cluster beside its final name and renames it, so that a data directory is either absent
// or whole.
func (d *directory) initialize(ctx context.Context, inst installation, as *account, durable bool) error {
	fresh := d.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("remove an unfinished cluster: %w", err)
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return fmt.Errorf("create the cluster's directory: %w", err)
	}
	s := newSecrets()
	password := filepath.Join(fresh+".password", "password")
	if err := errors.Join(as.own(fresh), writePassword(password, s.Superuser, as)); err != nil {
		return err
	}
	err := runInitdb(ctx, inst, as, fresh, password, durable)
	err = errors.Join(err, os.RemoveAll(filepath.Dir(password)))
	if err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	if err := errors.Join(writeAccessRules(fresh), writeJSON(d.secretsFile(), s)); err != nil {
		return err
	}
	if err := os.Rename(fresh, d.data()); err != nil {
		return fmt.Errorf("finish the cluster: %w", err)
	}
	return nil
}

// writePassword hands initdb the superuser's password in a file; the command line is for everybody to see.
func writePassword(path, password string, as *account) error {
	dir := filepath.Dir(path)
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)); err != nil {
		return fmt.Errorf("directory of the password: %w", err)
	}
	if err := os.WriteFile(path, []byte(password+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the password: %w", err)
	}
	return errors.Join(as.own(dir), as.own(path))
}

func runInitdb(ctx context.Context, inst installation, as *account, data, password string, durable bool) error {
	var failed error
	for _, locale := range locales(inst.major) {
		args := []string{"--pgdata=" + data, "--username=" + superuser, "--pwfile=" + password,
			"--auth=scram-sha-256", "--encoding=UTF8", "--lc-messages=C"}
		if !durable {
			args = append(args, "--no-sync")
		}
		cmd := exec.CommandContext(ctx, inst.command("initdb"), append(args, locale...)...)
		cmd.Env = serverEnv()
		cmd.Dir = data
		confine(cmd, as, syscall.SIGKILL)
		out, err := cmd.CombinedOutput()
		if err == nil {
			return nil
		}
		failed = errors.Join(failed, fmt.Errorf("initdb %s: %w: %s", strings.Join(locale, " "), err, strings.TrimSpace(string(out))))
		if ctx.Err() != nil {
			break
		}
	}
	return failed
}

// locales are initdb's arguments for code-point order with Unicode's case rules, as hosted Postgres has it, best
// first: the built-in provider of 17 and later, then what C libraries offer, at worst ASCII's case rules.
func locales(major int) [][]string {
	var choices [][]string
	const builtinSince = 17
	if major >= builtinSince {
		choices = append(choices, []string{"--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"})
	}
	switch runtime.GOOS {
	case "windows":
	case "darwin":
		choices = append(choices, []string{"--locale=C", "--lc-ctype=en_US.UTF-8"})
	default:
		choices = append(choices, []string{"--locale=C.UTF-8"})
	}
	return append(choices, []string{"--locale=C"})
}

// serverEnv is our environment without what would redirect the server or translate its log.
func serverEnv() []string {
	var env []string
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "PG") || strings.HasPrefix(name, "LC_") || name == "LANG" || name == "LANGUAGE" || name == "TZ" {
			continue
		}
		env = append(env, variable)
	}
	// A program on macOS turns multi-threaded, which the server refuses, when it must look the locale up.
	return append(env, "LC_ALL=C", "TZ=UTC")
}
