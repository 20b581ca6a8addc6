package slack

import (
	"hash/fnv"
	"strconv"
	"strings"
)

// usersInfo: https://docs.slack.dev/reference/methods/users.info
func (s *Server) usersInfo(c *call) (object, *refusal) {
	id := c.args.text("user")
	if id == c.team.botUser() {
		return object{"user": s.botObject(c.team)}, nil
	}
	person, ok := c.team.person(id)
	if !ok {
		return nil, refuse("user_not_found")
	}
	return object{"user": userObject(c, person)}, nil
}

// usersList: https://docs.slack.dev/reference/methods/users.list
func (s *Server) usersList(c *call) (object, *refusal) {
	members := []object{s.botObject(c.team)}
	for _, person := range c.team.People {
		members = append(members, userObject(c, person))
	}
	return object{"members": members, "cache_ts": s.cfg.Now().Unix(), "response_metadata": object{"next_cursor": ""}}, nil
}

// usersLookupByEmail: https://docs.slack.dev/reference/methods/users.lookupByEmail
func (s *Server) usersLookupByEmail(c *call) (object, *refusal) {
	email := c.args.text("email")
	if email == "" {
		return nil, refuse("invalid_arguments")
	}
	for _, person := range c.team.People {
		if !person.Deleted && strings.EqualFold(person.Email, email) {
			return object{"user": userObject(c, person)}, nil
		}
	}
	return nil, refuse("users_not_found")
}

// userObject is the user as docs.slack.dev/reference/objects/user-object has it. The address is there only for tokens with
// users:read.email.
func userObject(c *call, p Person) object {
	profile := object{
		"real_name": p.RealName, "real_name_normalized": p.RealName,
		"display_name": p.DisplayName, "display_name_normalized": p.DisplayName, "team": c.team.ID,
	}
	if c.grant.allows("users:read.email") {
		profile["email"] = p.Email
	}
	return object{
		"id": p.ID, "team_id": c.team.ID, "name": p.Handle, "real_name": p.RealName, "deleted": p.Deleted, "color": color(p.ID),
		"tz": "Etc/UTC", "tz_label": "Coordinated Universal Time", "tz_offset": 0, "locale": "en-US", "profile": profile,
		"is_admin": p.Admin, "is_owner": false, "is_primary_owner": false, "is_restricted": false, "is_ultra_restricted": false,
		"is_bot": false, "is_app_user": false, "is_email_confirmed": !p.EmailUnconfirmed, "updated": 0,
	}
}

func (s *Server) botObject(w *workspace) object {
	return object{
		"id": w.botUser(), "team_id": w.ID, "name": "leadagent", "real_name": s.cfg.AppName, "is_bot": true, "is_app_user": false,
		"profile": object{"real_name": s.cfg.AppName, "display_name": s.cfg.AppName, "api_app_id": s.cfg.AppID, "bot_id": w.botID(), "team": w.ID},
	}
}

func color(id string) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(id))
	return strconv.FormatUint(uint64(sum.Sum32()&0xffffff|0x1000000), 16)[1:]
}
