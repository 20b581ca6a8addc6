package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// TestEditedWordsAreSent: an edit makes version 2, version 1 can no longer be approved, and what leaves is version 2 word for word.
func TestEditedWordsAreSent(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.prepared(1)
	first := f.drafts(id)[0]
	const subject, body = "Ihr Angebot für 40 Plätze – naïve “quotes” & <tags>", "Grüezi Jordan,\n\n.\n..\nFrom here, 漢字 and 🎉.\n\n  indented\n\tA tab, a very long line " +
		"that goes on and on and on and on and on and on and on and on and on and on and on and on and on and on and on and on.\n\nMaya"

	run, err := f.desk.Edit(t.Context(), f.admin(), id, 1, subject, body)
	require.NoError(t, err)
	require.Equal(t, 2, run.DraftVersion)
	_, err = f.desk.Approve(t.Context(), f.admin(), id, 1)
	require.Equal(t, "2", conflict(t, err).Details["current_version"])
	require.Contains(t, conflict(t, err).Message, "changed")
	require.Empty(t, f.emails(id), "nothing is sent of a version that somebody replaced")

	_, err = f.desk.Approve(t.Context(), f.admin(), id, 2)
	require.NoError(t, err)
	f.advance(id)
	require.Equal(t, workflows.Completed, f.run(id).State)
	messages := f.box.Mailbox.Messages()
	require.Len(t, messages, 1)
	require.Equal(t, subject, messages[0].Subject)
	require.Equal(t, body, trimEnd(messages[0].Text))
	require.Equal(t, []string{aLead(1).Email}, messages[0].Recipients)

	drafts := f.drafts(id)
	require.Len(t, drafts, 2)
	require.Equal(t, first, drafts[0], "the first version stays as it was")
	require.Equal(t, tenancy.UserID(clerk.AcmeAdminID), drafts[1].Author)
	require.Equal(t, first.FactsUsed, drafts[1].FactsUsed, "what the draft stands on stays known")
	decisions := f.decisions(id)
	require.Len(t, decisions, 1)
	require.Equal(t, 2, decisions[0].Version)
	require.Equal(t, "approved", f.leadStatus(id))
	require.Equal(t, subject, f.text(`SELECT v.after->>'email_subject' FROM audit_values v JOIN audit_log a ON a.org_id = v.org_id AND a.id = v.audit_id
		WHERE a.action = 'draft.edited'`))
	require.Equal(t, first.Body, f.text(`SELECT v.before->>'email_draft' FROM audit_values v JOIN audit_log a ON a.org_id = v.org_id AND a.id = v.audit_id
		WHERE a.action = 'draft.edited'`))
}

// TestEditAndApprove lets the new words out at once, both or neither.
func TestEditAndApprove(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)

	edited := f.prepared(1)
	run, err := f.desk.EditAndApprove(t.Context(), f.admin(), edited, 1, "New", "words")
	require.NoError(t, err)
	require.Equal(t, [2]any{workflows.Sending, 2}, [2]any{run.State, run.DraftVersion})
	f.advance(edited)

	same := f.prepared(2)
	draft := f.drafts(same)[0]
	run, err = f.desk.EditAndApprove(t.Context(), f.admin(), same, 1, "  "+draft.Subject+" ", draft.Body+"\r\n")
	require.NoError(t, err)
	require.Equal(t, 1, run.DraftVersion, "the same words are no new version")
	f.advance(same)

	late := f.prepared(3)
	_, err = f.desk.Edit(t.Context(), f.person(clerk.AcmeManagerID, tenancy.API), late, 1, "Theirs", "theirs")
	require.NoError(t, err)
	_, err = f.desk.EditAndApprove(t.Context(), f.admin(), late, 1, "Mine", "mine")
	require.Equal(t, "2", conflict(t, err).Details["current_version"])
	_, err = f.desk.Edit(t.Context(), f.admin(), late, 1, "Mine", "mine")
	require.Equal(t, "2", conflict(t, err).Details["current_version"])
	require.Len(t, f.drafts(late), 2, "nothing of the late edit is kept")
	require.Equal(t, "Theirs", f.text(`SELECT email_subject FROM workflows WHERE id = $1`, string(late)))
	require.Equal(t, workflows.AwaitingReview, f.run(late).State)
	require.Empty(t, f.decisions(late))

	decided := f.prepared(4)
	_, err = f.desk.Reject(t.Context(), f.admin(), decided, 1, "spam", "")
	require.NoError(t, err)
	for _, do := range []func() error{
		func() error { _, err := f.desk.Edit(t.Context(), f.admin(), decided, 1, "Late", "late"); return err },
		func() error {
			_, err := f.desk.EditAndApprove(t.Context(), f.admin(), decided, 1, "Late", "late")
			return err
		},
	} {
		require.Contains(t, conflict(t, do()).Message, "Already rejected by Maya Lindqvist at ")
	}
	require.Len(t, f.drafts(decided), 1)

	texts := map[string]bool{}
	for _, m := range f.box.Mailbox.Messages() {
		texts[trimEnd(m.Text)] = true
	}
	require.Equal(t, map[string]bool{"words": true, draft.Body: true}, texts)
}

// TestWhoMayNotChangesNothing: every use case of the desk, as each person who lacks the permission, and for a run that is not theirs.
func TestWhoMayNotChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.prepared(1)
	member := f.person(clerk.AcmeMemberID, tenancy.Dashboard)
	strangers := f.of(clerk.GlobexID).person(clerk.GlobexAdminID, tenancy.API)
	prospect := tenancy.ForProspect(clerk.AcmeID, tenancy.Form)
	system := tenancy.ForSystem(clerk.AcmeID, tenancy.Slack)
	revoked := tenancy.ForMember(clerk.AcmeID, tenancy.Member{UserID: clerk.AcmeAdminID, Role: tenancy.Admin}, tenancy.API)
	before := f.text(`SELECT to_jsonb(w)::text FROM workflows w WHERE id = $1`, string(id))
	audits := f.count(`SELECT count(*) FROM audit_log`)

	unknown := workflows.ID(newID())
	for name, do := range f.deeds() {
		for _, scope := range []tenancy.Scope{member, prospect, system, revoked, {}} {
			require.True(t, fault.Is(do(scope, id), fault.Forbidden), "%s as %v", name, scope.Actor())
		}
		foreign, none := do(strangers, id), do(strangers, unknown)
		require.True(t, fault.Is(foreign, fault.NotFound), "%s: %v", name, foreign)
		require.Equal(t, none.Error(), foreign.Error(), "%s: another organization's run is like one that there is not", name)
		require.True(t, fault.Is(do(f.admin(), "not-an-id"), fault.NotFound), name)
	}
	require.Equal(t, before, f.text(`SELECT to_jsonb(w)::text FROM workflows w WHERE id = $1`, string(id)))
	require.Equal(t, audits, f.count(`SELECT count(*) FROM audit_log`))
	require.Empty(t, f.emails(id))
}

// deeds are the use cases of the desk that people call.
func (f *floor) deeds() map[string]func(tenancy.Scope, workflows.ID) error {
	ctx, desk := f.t.Context(), f.desk
	return map[string]func(tenancy.Scope, workflows.ID) error{
		"approve": func(s tenancy.Scope, id workflows.ID) error { _, err := desk.Approve(ctx, s, id, 1); return err },
		"reject": func(s tenancy.Scope, id workflows.ID) error {
			_, err := desk.Reject(ctx, s, id, 1, "tone", "")
			return err
		},
		"edit": func(s tenancy.Scope, id workflows.ID) error { _, err := desk.Edit(ctx, s, id, 1, "a", "b"); return err },
		"edit and approve": func(s tenancy.Scope, id workflows.ID) error {
			_, err := desk.EditAndApprove(ctx, s, id, 1, "a", "b")
			return err
		},
		"undo":       func(s tenancy.Scope, id workflows.ID) error { _, err := desk.Undo(ctx, s, id); return err },
		"reopen":     func(s tenancy.Scope, id workflows.ID) error { _, err := desk.Reopen(ctx, s, id); return err },
		"it went":    func(s tenancy.Scope, id workflows.ID) error { _, err := desk.ConfirmSent(ctx, s, id); return err },
		"send again": func(s tenancy.Scope, id workflows.ID) error { _, err := desk.SendAgain(ctx, s, id); return err },
		"cancel":     func(s tenancy.Scope, id workflows.ID) error { _, err := desk.Cancel(ctx, s, id); return err },
		"retry":      func(s tenancy.Scope, id workflows.ID) error { _, err := desk.Retry(ctx, s, id); return err },
	}
}
