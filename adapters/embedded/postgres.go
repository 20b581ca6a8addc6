package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Postgres is a private server. Its methods may be called at the same time.
type Postgres struct {
	opts      PostgresOptions
	dir       *directory
	as        *account
	inst      installation
	secrets   secrets
	socketDir string
	port      int

	mu      sync.Mutex // held while the server is started or ended
	proc    *process   // nil when it does not run
	dismiss func()     // ends the reaper
}

// StartPostgres brings up a private server, creating the cluster, the roles and the database on the first start.
// It takes about a second, or minutes where binaries must be brought first; ctx bounds this start and not the
// server's life. When the program dies, even by kill -9, the server goes down with it; call Stop all the same.
//
// The errors that a person can remedy are ErrNoBinaries, ErrOtherVersion, ErrInUse and ErrPortInUse.
func StartPostgres(ctx context.Context, options PostgresOptions) (*Postgres, error) {
	opts, err := options.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("private Postgres: %w", err)
	}
	as, err := serverAccount()
	if err != nil {
		return nil, fmt.Errorf("private Postgres: %w", err)
	}
	dir, err := openDirectory(opts.DataDir, as)
	if err != nil {
		return nil, fmt.Errorf("private Postgres: %w", err)
	}
	p := &Postgres{opts: opts, dir: dir, port: opts.Port}
	if p.as, err = ownerOf(dir.data(), as); err != nil {
		return nil, errors.Join(fmt.Errorf("private Postgres: %w", err), dir.close())
	}
	if err := p.bringUp(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("private Postgres: %w", err), p.Stop(context.WithoutCancel(ctx)))
	}
	return p, nil
}

// bringUp does what only the first start of this program on the directory needs, and starts the server.
func (p *Postgres) bringUp(ctx context.Context) error {
	major, err := p.dir.version()
	if err != nil {
		return err
	}
	binaries := finder{sources: p.opts.Sources, cacheDir: p.opts.CacheDir, progress: p.opts.Progress, as: p.as, major: major}
	if p.inst, err = binaries.find(ctx); err != nil {
		return err
	}
	if err := p.dir.clearStale(ctx, p.inst.binDir); err != nil {
		return err
	}
	if major == 0 {
		if err := p.dir.initialize(ctx, p.inst, p.as, p.opts.Durable); err != nil {
			return err
		}
	}
	if p.secrets, err = p.dir.readSecrets(); err != nil {
		return err
	}
	if p.socketDir, err = p.dir.makeSocketDir(p.as); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.launch(ctx); err != nil {
		return err
	}
	return p.provision(ctx)
}

// makeSocketDir creates the directory of the unix socket: inside a temporary data directory, else a short
// temporary one, since the path to a kept data directory may be longer than a socket's name can be.
func (d *directory) makeSocketDir(as *account) (string, error) {
	if !unixSockets {
		return "", nil
	}
	path := filepath.Join(d.path, "socket")
	var err error
	if d.temporary {
		err = os.Mkdir(path, 0o700)
	} else {
		path, err = os.MkdirTemp(temporaryBase(), temporaryPrefix)
	}
	if err != nil {
		return "", fmt.Errorf("socket directory: %w", err)
	}
	return path, as.own(path)
}

// stopPatience is how long a server gets to end by itself where the caller's ctx sets no earlier end.
const stopPatience = 30 * time.Second

// Stop ends the server, waits for that, gives the data directory up and removes it when it is a temporary one.
// The server writes everything down first; where ctx ends before it has, it is killed, from which the next start
// recovers. After the first Stop further ones do nothing.
func (p *Postgres) Stop(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.halt(ctx)
	if p.socketDir != "" {
		err = errors.Join(err, os.RemoveAll(p.socketDir))
	}
	err = errors.Join(err, p.dir.close())
	if err != nil {
		return fmt.Errorf("stop the private Postgres: %w", err)
	}
	return nil
}

// halt ends the server and leaves the directory as it is. p.mu is held.
func (p *Postgres) halt(ctx context.Context) error {
	if p.proc == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, stopPatience)
	defer cancel()
	err := sendSignal(ctx, p.inst.binDir, p.proc.pid, p.endSignal())
	if waiting := p.proc.wait(ctx); err != nil || waiting != nil {
		err = killTree(context.WithoutCancel(ctx), p.proc)
	}
	p.forget()
	return err
}

// endSignal makes the server end in good order, or, where its data is deleted anyway, at once (the manual's
// "Shutting Down the Server").
func (p *Postgres) endSignal() syscall.Signal {
	if p.dir.temporary {
		return syscall.SIGQUIT
	}
	return syscall.SIGINT
}

// Kill ends the server and all its sessions at once with SIGKILL, as a crash would; Restart brings it back.
func (p *Postgres) Kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.proc == nil {
		return nil
	}
	err := killTree(context.Background(), p.proc)
	p.forget()
	if err != nil {
		return fmt.Errorf("kill the private Postgres: %w", err)
	}
	return nil
}

// forget lets go of a server that has ended.
func (p *Postgres) forget() {
	if p.dismiss != nil {
		p.dismiss()
	}
	p.proc, p.dismiss = nil, nil
}

// Restart stops the server if it runs and starts it on the same port with the same data. It fails after Stop.
func (p *Postgres) Restart(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dir.lock == nil {
		return errors.New("restart the private Postgres: it was stopped for good")
	}
	err := p.halt(ctx)
	if err == nil {
		err = p.launch(ctx)
	}
	if err != nil {
		return fmt.Errorf("restart the private Postgres: %w", err)
	}
	return nil
}
