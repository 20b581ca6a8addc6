package slack

// authTest: https://docs.slack.dev/reference/methods/auth.test
func (s *Server) authTest(c *call) (object, *refusal) {
	return object{
		"url": s.cfg.BaseURL + "/client/" + c.team.ID, "team": c.team.Name, "team_id": c.team.ID,
		"user": "leadagent", "user_id": c.team.botUser(), "bot_id": c.team.botID(), "is_enterprise_install": false,
	}, nil
}

// authRevoke: https://docs.slack.dev/reference/methods/auth.revoke
func (s *Server) authRevoke(c *call) (object, *refusal) {
	if c.args.flag("test") {
		return object{"revoked": false}, nil
	}
	c.grant.revoked = true
	s.touch()
	return object{"revoked": true}, nil
}
