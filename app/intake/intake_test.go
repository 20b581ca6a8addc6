package intake_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/app/intake"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// office keeps what reaches its stores in memory.
type office struct {
	accepted []ports.Entry
	counted  map[string]int
	now      time.Time
}

func (o *office) Form(_ context.Context, key string) (ports.FormRef, error) {
	switch key {
	case "acme-demo":
		return ports.FormRef{Org: "org_acme", Form: "form-1"}, nil
	case "globex-demo":
		return ports.FormRef{Org: "org_globex", Form: "form-2"}, nil
	}
	return ports.FormRef{}, fault.New(fault.NotFound, "There is no such form.")
}

func (o *office) SlackRun(context.Context, string, string) (tenancy.OrgID, error) {
	return "", fault.New(fault.NotFound, "not here")
}

func (o *office) Accept(_ context.Context, e ports.Entry) (ports.Receipt, error) {
	o.accepted = append(o.accepted, e)
	return ports.Receipt{Lead: "lead-1", Reference: "REF", Status: leads.Pending}, nil
}

func (o *office) Allow(_ context.Context, key string, limit int) (bool, time.Duration) {
	if limit == 0 {
		return true, 0
	}
	o.counted[key]++
	return o.counted[key] <= limit, 40 * time.Second
}

func open(limits intake.Limits) (*office, *intake.Intake, *intake.Stamps) {
	o := &office{counted: map[string]int{}, now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	stamps := intake.NewStamps([]byte("key"), func() time.Time { return o.now })
	return o, intake.New(o, o, o, nil, stamps, limits), stamps
}

func request() intake.Request {
	return intake.Request{
		FormKey: "acme-demo", Address: "203.0.113.7",
		Raw: leads.Raw{Email: "jordan@northwind.example", Name: "Jordan Reed", Message: "We would like a demo next week."},
	}
}

// TestFloodsAreStoppedFirst: over either limit nothing is looked up and nothing stored, and the wait is told.
func TestFloodsAreStoppedFirst(t *testing.T) {
	t.Parallel()
	for name, limits := range map[string]intake.Limits{"of an address": {PerAddress: 2}, "of a form": {PerForm: 2}, "of both": {PerAddress: 2, PerForm: 9}} {
		o, in, _ := open(limits)
		for range 2 {
			_, err := in.Submit(t.Context(), request())
			require.NoError(t, err, name)
		}
		unknown := request()
		unknown.Raw.Email = "not an address" // even a bad submission is told of the limit first
		for range 2 {
			_, err := in.Submit(t.Context(), unknown)
			require.True(t, fault.Is(err, fault.TooMany), name)
			require.Equal(t, 40*time.Second, fault.RetryAfter(err), name)
		}
		require.Len(t, o.accepted, 2, name)
	}
}

// TestOneFloodLeavesTheOthersAlone: another address, and another form, still come through.
func TestOneFloodLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	_, in, _ := open(intake.Limits{PerAddress: 1})
	_, err := in.Submit(t.Context(), request())
	require.NoError(t, err)
	other := request()
	other.Address = "203.0.113.8"
	_, err = in.Submit(t.Context(), other)
	require.NoError(t, err)

	_, in, _ = open(intake.Limits{PerForm: 1})
	_, err = in.Submit(t.Context(), request())
	require.NoError(t, err)
	other = request()
	other.FormKey = "globex-demo"
	_, err = in.Submit(t.Context(), other)
	require.NoError(t, err)

	_, in, _ = open(intake.Limits{})
	for range 50 {
		_, err = in.Submit(t.Context(), request())
		require.NoError(t, err, "0 is no limit")
	}
}

// TestTheShield: bots get the receipt that people get, and their leads are set aside.
func TestTheShield(t *testing.T) {
	t.Parallel()
	o, in, stamps := open(intake.Limits{})
	fresh := stamps.Issue("acme-demo")
	o.now = o.now.Add(time.Second)
	foreign := stamps.Issue("globex-demo")
	for name, c := range map[string]struct {
		change func(*intake.Request)
		after  time.Duration
		why    string
	}{
		"a person":             {func(r *intake.Request) { r.Stamped, r.Stamp = true, fresh }, time.Minute, ""},
		"an API call":          {func(*intake.Request) {}, time.Minute, ""},
		"the hidden field":     {func(r *intake.Request) { r.Hidden = "x" }, time.Minute, "hidden field"},
		"hidden and stamped":   {func(r *intake.Request) { r.Hidden, r.Stamped, r.Stamp = "x", true, fresh }, time.Minute, "hidden field"},
		"no stamp":             {func(r *intake.Request) { r.Stamped = true }, time.Minute, "not ours"},
		"another form's stamp": {func(r *intake.Request) { r.Stamped, r.Stamp = true, foreign }, time.Minute, "not ours"},
		"too fast":             {func(r *intake.Request) { r.Stamped, r.Stamp = true, fresh }, 0, "too fast"},
		"too old":              {func(r *intake.Request) { r.Stamped, r.Stamp = true, fresh }, 25 * time.Hour, "a day ago"},
	} {
		began := o.now
		o.now = began.Add(c.after)
		r := request()
		c.change(&r)
		receipt, err := in.Submit(t.Context(), r)
		o.now = began
		require.NoError(t, err, name)
		require.Equal(t, leads.ID("lead-1"), receipt.Lead, name)
		entry := o.accepted[len(o.accepted)-1]
		if c.why == "" {
			require.Empty(t, entry.Quarantine, name)
			continue
		}
		require.Contains(t, entry.Quarantine, c.why, name)
	}
}

func TestWhatIsStoredOfASubmission(t *testing.T) {
	t.Parallel()
	o, in, _ := open(intake.Limits{})
	r := request()
	r.IdempotencyKey, r.BodyHash, r.Stamped = strings.Repeat("k", 255), "hash", true
	_, err := in.Submit(t.Context(), r)
	require.NoError(t, err)
	e := o.accepted[0]
	require.Equal(t, tenancy.OrgID("org_acme"), e.Scope.Org())
	require.Equal(t, tenancy.Prospect, e.Scope.Actor().Kind)
	require.Equal(t, tenancy.Form, e.Scope.Actor().Surface)
	require.Equal(t, []string{"form-1", "hash", "acme-demo", "form"}, []string{e.FormID, e.BodyHash, e.Submission.Source.Form, e.Submission.Source.Surface})
	require.Empty(t, e.UserID)

	r.IdempotencyKey += "k"
	_, err = in.Submit(t.Context(), r)
	require.True(t, fault.Is(err, fault.Invalid), "a key of 256 bytes")
	require.Len(t, o.accepted, 1)
}

// TestMembersSubmitForTheirOwn: with or without one of their forms; another organization's form is one that there is not.
func TestMembersSubmitForTheirOwn(t *testing.T) {
	t.Parallel()
	o, in, _ := open(intake.Limits{PerAddress: 1, PerForm: 1})
	scope := tenancy.ForMember("org_acme", tenancy.Member{UserID: "user_1", Role: tenancy.Worker, Active: true}, tenancy.API)
	for _, key := range []string{"", "acme-demo"} {
		r := request()
		r.FormKey, r.Hidden = key, "x" // the shield is for strangers
		_, err := in.SubmitAs(t.Context(), scope, r)
		require.NoError(t, err)
		e := o.accepted[len(o.accepted)-1]
		require.Equal(t, tenancy.UserID("user_1"), e.UserID)
		require.Equal(t, key != "", e.FormID == "form-1")
		require.Empty(t, e.Quarantine)
	}
	r := request()
	r.FormKey = "globex-demo"
	_, foreign := in.SubmitAs(t.Context(), scope, r)
	require.True(t, fault.Is(foreign, fault.NotFound))
	r.FormKey = "no-such-form"
	_, unknown := in.SubmitAs(t.Context(), scope, r)
	require.True(t, fault.Is(unknown, fault.NotFound))
	require.Len(t, o.accepted, 2)
	require.Equal(t, shown(unknown), shown(foreign), "a foreign form answers like an unknown one")
}

func shown(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Message
	}
	return ""
}

func TestUnknownForms(t *testing.T) {
	t.Parallel()
	o, in, _ := open(intake.Limits{})
	r := request()
	r.FormKey = "nobody"
	_, err := in.Submit(t.Context(), r)
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = in.Page(t.Context(), "nobody")
	require.True(t, fault.Is(err, fault.NotFound))
	require.Empty(t, o.accepted)
}
