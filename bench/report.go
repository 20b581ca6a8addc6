package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// report prints the medians as a Markdown table, and the ratios that matter.
func report(out io.Writer, p plan, results map[string][]result, took time.Duration) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d organizations, %d callers, a pool of %d, fsync on; medians of %d interleaved rounds of %d s (%.0f s in all).\n\n",
		p.orgs, p.callers, p.pool, p.rounds, p.seconds, took.Seconds())
	b.WriteString("| | stored a second | p50 ms | p99 ms | server CPU ms each | told to come again |\n|---|---|---|---|---|---|\n")
	for _, c := range contenders() {
		rs := results[c.name]
		fmt.Fprintf(&b, "| %s | %.0f | %.1f | %.1f | %s | %.0f %% |\n", c.name, median(rs, result.rate), median(rs, ms50), median(rs, ms99),
			cpuEach(rs), 100*median(rs, refusedShare))
	}
	b.WriteString("\n| ratio, the median of the rounds' own | by rate | by server CPU | target |\n|---|---|---|---|\n")
	for _, r := range []struct {
		words    string
		of, over string
		target   string
	}{
		{"intake to the set-based limit", uniform, setBased, "0.45"},
		{"intake to the function", uniform, function, "1.4"},
		{"one organization to all alike", hot, uniform, "0.9"},
		{"goodput at three times the load to the peak", flooded, uniform, "0.8"},
	} {
		of, over := results[r.of], results[r.over]
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.words, ratio(of, over, result.rate), ratio(of, over, perCPU), r.target)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func ms50(r result) float64 { return ms(r.p50) }

func ms99(r result) float64 { return ms(r.p99) }

func refusedShare(r result) float64 { return float64(r.refused) / float64(max(1, r.refused+r.stored)) }

func cpuEach(rs []result) string {
	each := median(rs, func(r result) float64 { return ms(r.cpu) / float64(max(1, r.stored)) })
	if each <= 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.2f", each)
}

func median(rs []result, of func(result) float64) float64 {
	values := make([]float64, len(rs))
	for i, r := range rs {
		values[i] = of(r)
	}
	return middle(values)
}

// perCPU is how many submissions a second of the server's processor time stores. Where other programs share the machine, it says more than
// the rate: eight connections get a larger share of a busy machine than two.
func perCPU(r result) float64 { return float64(r.stored) / r.cpu.Seconds() }

// ratio is the median of the ratios within each round, in which the machine was about the same for both.
func ratio(of, over []result, what func(result) float64) string {
	values := make([]float64, len(of))
	for i := range of {
		values[i] = what(of[i]) / what(over[i])
	}
	if m := middle(values); !math.IsNaN(m) && !math.IsInf(m, 0) {
		return fmt.Sprintf("%.2f", m)
	}
	return "unknown"
}

func middle(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	if n%2 == 0 {
		return (values[n/2-1] + values[n/2]) / 2
	}
	return values[n/2]
}
