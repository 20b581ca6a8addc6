// Command leadagent is the whole program: the web process, the workers, the migrations, and `dev`, which runs all of them on one machine.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "leadagent:", err)
		os.Exit(1)
	}
}

type commands struct {
	Dev     devCommand     `cmd:"" help:"Run everything on this machine: database, Redis, sandboxed vendors, web and workers, with two seeded organizations."`
	Serve   serveCommand   `cmd:"" help:"Run the web process against DATABASE_URL and REDIS_URL."`
	Work    workCommand    `cmd:"" help:"Run workers against DATABASE_URL and REDIS_URL."`
	Migrate migrateCommand `cmd:"" help:"Bring the database up to date as MIGRATION_DATABASE_URL's owner role."`
	Doctor  doctorCommand  `cmd:"" help:"Check configuration, database roles and row-level security, and say how to mend what is wrong."`
}

// surroundings is what a command gets from outside.
type surroundings struct {
	ctx     context.Context //nolint:containedctx // lives as long as the command; kong hands commands values, not parameters
	environ []string
	out     io.Writer
	err     io.Writer
}

// run parses the arguments and runs the command until it ends or ctx does. It is what main and the end-to-end tests call.
func run(ctx context.Context, args, environ []string, out, errOut io.Writer) error {
	var cli commands
	exited := false
	parser, err := kong.New(&cli, kong.Name("leadagent"),
		kong.Description("Answers inbound leads: a form comes in, a draft is written, a person approves it, the email goes out."),
		kong.UsageOnError(), kong.Writers(out, errOut), kong.Exit(func(int) { exited = true }))
	if err != nil {
		return fmt.Errorf("command line: %w", err)
	}
	command, err := parser.Parse(args)
	if exited {
		return nil // --help was shown
	}
	if err != nil {
		return fmt.Errorf("%w (leadagent --help lists the commands)", err)
	}
	return command.Run(surroundings{ctx: ctx, environ: environ, out: out, err: errOut})
}

// mistakes makes one error of all, one a line.
func mistakes(what string, problems []error) error {
	if len(problems) == 0 {
		return nil
	}
	return fmt.Errorf("%s:\n%w", what, errors.Join(problems...))
}
