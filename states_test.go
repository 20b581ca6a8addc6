package leadagent_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
)

// edges are arrows of the state diagram, each as "from --> to: event".
type edges map[string]bool

func (e edges) add(from, to, event string) { e[fmt.Sprintf("%s --> %s: %s", from, to, event)] = true }

func (e edges) sorted() []string { return slices.Sorted(maps.Keys(e)) }

// The moments at which events happen: within an undo time and a review's time, and after both.
func moments() []time.Time {
	early := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	return []time.Time{early, early.Add(100 * time.Hour)}
}

// eventsAt are all events that could make a difference to the run.
func eventsAt(run workflows.Run, at time.Time) []workflows.Event {
	var all []workflows.Event
	for _, kind := range workflows.EventKinds() {
		for _, version := range []int{run.DraftVersion, run.DraftVersion + 1} {
			for answer := range 4 {
				all = append(all, workflows.Event{
					Kind: kind, At: at, By: "user_1", Version: version, Category: leads.Qualified, Reply: answer == 1, HandOver: answer == 2,
					Undo: time.Duration(answer) * time.Hour, Due: at.Add(time.Hour), Note: "note",
				})
			}
		}
	}
	return all
}

// reachable drives runs from the first state through every event, over and over, and gives all the arrows that were gone.
var reachable = sync.OnceValue(func() edges {
	found, seen := edges{}, map[workflows.Run]bool{}
	waiting := []workflows.Run{{ID: "run", LeadID: "lead", State: workflows.Queued}}
	for len(waiting) > 0 {
		run := waiting[0]
		waiting = waiting[1:]
		for _, at := range moments() {
			for _, event := range eventsAt(run, at) {
				next, _, err := run.Apply(event)
				if err != nil {
					continue
				}
				found.add(string(run.State), string(next.State), string(event.Kind))
				if !seen[next] && next.DraftVersion < 3 {
					seen[next] = true
					waiting = append(waiting, next)
				}
			}
		}
	}
	return found
})

var (
	aDiagram = regexp.MustCompile("(?s)```mermaid\nstateDiagram-v2\n(.*?)```")
	anArrow  = regexp.MustCompile(`^(\S+) --> (\S+?)(?:: (.+))?$`)
	aFrame   = regexp.MustCompile(`^state (\w+) \{$`)
	aHeading = regexp.MustCompile("(?m)^### `(\\w+)`\n\n([A-Z].{80,})$")
	anEvent  = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| \\S.* \\|$")
)

// drawn reads the arrows of the diagram. An arrow from or to a frame stands for one from or to each state in it.
func drawn(t *testing.T, document string) edges {
	t.Helper()
	diagrams := aDiagram.FindAllStringSubmatch(document, -1)
	require.Len(t, diagrams, 1)
	var arrows [][]string
	frames, open := map[string][]string{}, ""
	for line := range strings.Lines(diagrams[0][1]) {
		line = strings.TrimSpace(line)
		if frame := aFrame.FindStringSubmatch(line); frame != nil {
			open = frame[1]
			continue
		}
		if line == "}" {
			open = ""
			continue
		}
		arrow := anArrow.FindStringSubmatch(line)
		require.NotNil(t, arrow, "the diagram has a line that the test cannot read: %s", line)
		arrows = append(arrows, arrow[1:])
		if open != "" {
			frames[open] = append(frames[open], arrow[1], arrow[2])
		}
	}
	return expand(arrows, frames)
}

func expand(arrows [][]string, frames map[string][]string) edges {
	states := func(name string) []string {
		if members, is := frames[name]; is {
			return members
		}
		return []string{name}
	}
	found := edges{}
	for _, arrow := range arrows {
		for _, from := range states(arrow[0]) {
			for _, to := range states(arrow[1]) {
				for event := range strings.SplitSeq(arrow[2], ", ") {
					found.add(from, to, event)
				}
			}
		}
	}
	return found
}

func TestTheStateDiagramIsTheStateMachine(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("docs/states.md")
	require.NoError(t, err)
	wanted := maps.Clone(reachable())
	wanted.add("[*]", string(workflows.Queued), "")
	for _, state := range workflows.States() {
		if state.Ended() {
			wanted.add(string(state), "[*]", "")
		}
	}
	require.Equal(t, wanted.sorted(), drawn(t, string(raw)).sorted())
}

func TestEveryStateAndEventIsExplained(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("docs/states.md")
	require.NoError(t, err)
	var states, events []string
	for _, found := range aHeading.FindAllStringSubmatch(string(raw), -1) {
		states = append(states, found[1])
	}
	for _, found := range anEvent.FindAllStringSubmatch(string(raw), -1) {
		events = append(events, found[1])
	}
	var knownStates, knownEvents []string
	for _, state := range workflows.States() {
		knownStates = append(knownStates, string(state))
	}
	for _, event := range workflows.EventKinds() {
		knownEvents = append(knownEvents, string(event))
	}
	require.Equal(t, knownStates, states)
	require.Equal(t, knownEvents, events)
}

// Every event happens somewhere, and every state is reached.
func TestTheStateMachineHasNoDeadEnds(t *testing.T) {
	t.Parallel()
	all := strings.Join(reachable().sorted(), "\n") + "\n"
	for _, event := range workflows.EventKinds() {
		require.Contains(t, all, ": "+string(event)+"\n")
	}
	for _, state := range workflows.States() {
		require.True(t, state == workflows.Queued || strings.Contains(all, " --> "+string(state)+": "), state)
		require.True(t, state.Ended() || strings.Contains("\n"+all, "\n"+string(state)+" --> "), "%s leads nowhere", state)
	}
}
