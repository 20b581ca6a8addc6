package postgres

import (
	"context"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

type installationRepo struct{ *session }

var _ ports.Installations = installationRepo{}

// putInstallation keeps the moment of a revocation that is known already.
const putInstallation = `
INSERT INTO slack_installations AS i (org_id, team_id, team_name, channel_id, channel_name, bot_user_id, token_sealed, installed_by, revoked_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN ? THEN now() END)
ON CONFLICT (org_id) DO UPDATE SET team_id = excluded.team_id, team_name = excluded.team_name, channel_id = excluded.channel_id,
  channel_name = excluded.channel_name, bot_user_id = excluded.bot_user_id, token_sealed = excluded.token_sealed,
  installed_by = excluded.installed_by,
  installed_at = CASE WHEN i.token_sealed = excluded.token_sealed THEN i.installed_at ELSE excluded.installed_at END,
  revoked_at = CASE WHEN excluded.revoked_at IS NULL THEN NULL ELSE coalesce(i.revoked_at, excluded.revoked_at) END`

// Get implements ports.Installations.
func (r installationRepo) Get(ctx context.Context) (ports.Installation, error) {
	row, err := dbmodel.SlackInstallations.Query(dbmodel.SelectWhere.SlackInstallations.RevokedAt.IsNull()).One(ctx, r.exec)
	if err != nil {
		return ports.Installation{}, failed("get Slack installation", err)
	}
	return ports.Installation{
		TeamID: row.TeamID, TeamName: row.TeamName, ChannelID: row.ChannelID, ChannelName: row.ChannelName, BotUserID: row.BotUserID,
		TokenSealed: row.TokenSealed, InstalledBy: tenancy.UserID(row.InstalledBy),
	}, nil
}

// Put implements ports.Installations. It replaces whatever installation there was.
func (r installationRepo) Put(ctx context.Context, i ports.Installation) error {
	sealed := i.TokenSealed
	if sealed == nil {
		sealed = []byte{}
	}
	_, err := r.write(ctx, putInstallation, r.org(), i.TeamID, i.TeamName, i.ChannelID, i.ChannelName, i.BotUserID, sealed,
		string(i.InstalledBy), i.Revoked)
	return failed("put Slack installation", err)
}
