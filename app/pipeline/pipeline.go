// Package pipeline carries runs on, durably: research, qualify, draft, request a review, and after the decision send. Postgres is the record
// of every step; a worker holds a run by a lease, and a step that is finished is never done again. It knows neither the queue that wakes
// it nor the vendors behind the ports.
package pipeline

import (
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/leadagent/leadagent/app/transition"
	"github.com/leadagent/leadagent/ports"
)

// Config are the pipeline's limits and durations.
type Config struct {
	LeaseTTL       time.Duration // a worker that does not extend its lease for this long has died
	RunTokens      int64         // budget of one run; 0: none
	OrgTokens      int64         // budget of an organization a UTC day; 0: none
	ResearchTime   time.Duration // wall time that one run's research may take
	MaxFailures    int           // vendors' faults in a row before a person is asked
	MaxTries       int           // claims without a finished step before a person is asked
	PublicURL      string        // for links in cards
	RecordPatience time.Duration // how long the outcome of a send is tried to be recorded
}

// Defaults fills what is zero.
func (c Config) Defaults() Config {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&c.LeaseTTL, 15*time.Second)
	set(&c.ResearchTime, 5*time.Minute)
	set(&c.RecordPatience, 10*time.Second)
	if c.MaxFailures == 0 {
		c.MaxFailures = 20
	}
	if c.MaxTries == 0 {
		c.MaxTries = 10
	}
	return c
}

// Vendors are the outside parties. Searcher, Fetcher, and Channel with Sealer may be nil: research then does without, and reviews wait in
// the dashboard.
type Vendors struct {
	Reader   ports.Reader
	Judge    ports.Judge
	Writer   ports.Writer
	Searcher ports.Searcher
	Fetcher  ports.Fetcher
	Mailer   ports.Mailer
	Channel  ports.ReviewChannel
	Sealer   ports.Sealer
}

// Pipeline carries runs on.
type Pipeline struct {
	work    ports.UnitOfWork
	mover   *transition.Mover
	vendors Vendors
	config  Config
	now     ports.Clock
	log     *slog.Logger
}

// New makes a Pipeline.
func New(
	work ports.UnitOfWork, mover *transition.Mover, vendors Vendors, config Config, now ports.Clock, log *slog.Logger,
) *Pipeline {
	return &Pipeline{work: work, mover: mover, vendors: vendors, config: config.Defaults(), now: now, log: log}
}

// Back-off between tries at a vendor that fails.
const (
	firstWait = time.Second
	longest   = 5 * time.Minute
)

// backoff doubles with every failure, up to five minutes, with a quarter of jitter either way; a vendor's own Retry-After is the least.
func backoff(failures int, asked time.Duration) time.Duration {
	wait := longest
	if failures < 9 {
		wait = min(firstWait<<failures, longest)
	}
	jitter := time.Duration((rand.Float64() - 0.5) * float64(wait) / 2)
	return max(wait+jitter, asked)
}
