package embedded_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/leadagent/leadagent/adapters/embedded"
)

// programEnv makes the test binary play a program that uses this package, so that a test can kill it. It holds the
// data directory; programTemporary stands for a temporary one.
const (
	programEnv       = "EMBEDDED_TEST_PROGRAM"
	programTemporary = "temporary"
)

// programReport is what the program prints once its servers run.
type programReport struct {
	URL, SocketDir, LogFile, Redis string
}

func TestMain(m *testing.M) {
	if dir := os.Getenv(programEnv); dir != "" {
		if err := program(context.Background(), dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	m.Run()
}

// program starts both servers and then waits to be killed.
func program(ctx context.Context, dir string) error {
	if dir == programTemporary {
		dir = ""
	}
	p, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{DataDir: dir})
	if err != nil {
		return err
	}
	r, err := embedded.StartRedis(ctx, embedded.RedisOptions{})
	if err != nil {
		return err
	}
	report := programReport{URL: p.OwnerURL(""), SocketDir: p.SocketDir(), LogFile: p.LogFile(), Redis: r.Addr()}
	if err := json.NewEncoder(os.Stdout).Encode(report); err != nil {
		return err
	}
	select {}
}
