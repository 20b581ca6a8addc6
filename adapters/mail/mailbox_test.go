package mail_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/mailbox"
	"github.com/leadagent/leadagent/domain/fault"
)

// TestTheSandboxsMailbox runs what `dev` runs: this sender against that catcher, with its faults at each stage.
func TestTheSandboxsMailbox(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault  *faults.Fault
		kind   fault.Kind
		handed int
		kept   int
	}{
		"no fault":            {nil, 0, 1, 1},
		"sender refused":      {&faults.Fault{Target: mailbox.StageMail, Kind: faults.KindStatus, Status: 550}, fault.Refused, 0, 0},
		"recipient refused":   {&faults.Fault{Target: mailbox.StageRcpt, Kind: faults.KindStatus, Status: 550}, fault.Refused, 0, 0},
		"recipient later":     {&faults.Fault{Target: mailbox.StageRcpt, Kind: faults.KindStatus, Status: 450}, fault.Busy, 0, 0},
		"cut at recipient":    {&faults.Fault{Target: mailbox.StageRcpt, Kind: faults.KindReset}, fault.Unavailable, 0, 0},
		"message refused":     {&faults.Fault{Target: mailbox.StageData, Kind: faults.KindStatus, Status: 554}, fault.Refused, 1, 0},
		"message later":       {&faults.Fault{Target: mailbox.StageData, Kind: faults.KindStatus, Status: 451}, fault.Unavailable, 1, 0},
		"cut after it was in": {&faults.Fault{Target: mailbox.StageData, Kind: faults.KindReset}, fault.Doubtful, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, err := mailbox.New(mailbox.Options{})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, box.Close()) })
			at, err := box.Listen(t.Context(), "127.0.0.1:0")
			require.NoError(t, err)
			if c.fault != nil {
				box.Faults.Plan(*c.fault, 1)
			}
			e := email()
			e.Body = ".\n..dots\n" + strings.Repeat("ü", 2000) + "\nend\n"
			var h handed
			err = sender(t, at.String()).Send(t.Context(), e, h.over)
			require.Equal(t, c.kind, fault.KindOf(err), "%v", err)
			require.Equal(t, c.handed, h.times)
			require.Len(t, box.Messages(), c.kept)
		})
	}
}
