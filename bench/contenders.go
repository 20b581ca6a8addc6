package main

import (
	"context"
	"time"
)

// contender is one way of storing submissions.
type contender struct {
	name string
	run  func(ctx context.Context, s *stage, before map[string][]result) (result, error)
}

// result is one measurement.
type result struct {
	stored   int
	refused  int // told to come again
	took     time.Duration
	p50, p99 time.Duration
	cpu      time.Duration // of the server; negative: unknown
}

func (r result) rate() float64 { return float64(r.stored) / r.took.Seconds() }

// The contenders' names, by which ratios are made.
const (
	function = "pgbench, one function call a submission"
	setBased = "pgbench, set-based, 32 a transaction, no row-level security"
	uniform  = "intake, all organizations alike"
	hot      = "intake, one organization"
	halfLoad = "intake, half of that load"
	flooded  = "intake, three times that load"
)

func contenders() []contender {
	return []contender{
		{function, func(ctx context.Context, s *stage, _ map[string][]result) (result, error) {
			return s.pgbench(ctx, "\\set org random(0, :orgs - 1)\nSELECT bench.submit_one('org_bench_' || lpad(:org::text, 4, '0'));\n", 1, s.server.AppURL(""))
		}},
		{setBased, func(ctx context.Context, s *stage, _ map[string][]result) (result, error) {
			return s.pgbench(ctx, "SELECT bench.submit_many(32, :orgs);\n", 32, s.server.SuperuserURL(""))
		}},
		{uniform, func(ctx context.Context, s *stage, _ map[string][]result) (result, error) {
			return s.closed(ctx, s.anyOrg)
		}},
		{hot, func(ctx context.Context, s *stage, _ map[string][]result) (result, error) {
			return s.closed(ctx, s.oneOrg)
		}},
		{halfLoad, func(ctx context.Context, s *stage, before map[string][]result) (result, error) {
			return s.open(ctx, s.anyOrg, last(before[uniform]).rate()/2)
		}},
		{flooded, func(ctx context.Context, s *stage, before map[string][]result) (result, error) {
			return s.open(ctx, s.anyOrg, last(before[uniform]).rate()*3)
		}},
	}
}

func last(results []result) result { return results[len(results)-1] }
