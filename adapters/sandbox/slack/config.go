package slack

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ackTimeout is how long Slack waits for an app to acknowledge an interaction.
// https://docs.slack.dev/interactivity/handling-user-interaction (acknowledgment response)
const ackTimeout = 3 * time.Second

// Config describes the app that is registered with the emulated Slack, and the workspaces that exist there.
type Config struct {
	// BaseURL is where the emulator is reachable, without a final slash, for example http://localhost:8090/slack.
	BaseURL string
	// AppID and AppName identify the app; ClientID, ClientSecret and SigningSecret are its credentials.
	AppID, AppName, ClientID, ClientSecret, SigningSecret string
	// InteractivityURL receives block_actions and view_submission payloads; EventsURL receives events and defaults to it.
	InteractivityURL, EventsURL string
	// RedirectURLs are the registered OAuth redirect URLs; a request's redirect_uri must begin with one of them.
	RedirectURLs []string
	Teams        []Team
	// AckTimeout is how long an interaction waits for its 200; zero means Slack's three seconds.
	AckTimeout time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Team is a workspace.
type Team struct {
	// ID begins with T, Domain is the name in its address.
	ID, Name, Domain string
	// BotToken, when not empty, means that the app is already installed with it.
	BotToken string
	Channels []Channel
	People   []Person
}

// Channel is a public or private channel of a workspace.
type Channel struct {
	// ID begins with C.
	ID, Name string
	// BotIsMember says that the app may post and read there without joining first.
	BotIsMember bool
	Private     bool
}

// Person is a human member of a workspace.
type Person struct {
	// ID begins with U. Handle is the short user name.
	ID, Handle, RealName, DisplayName, Email string
	// EmailUnconfirmed makes users.info say is_email_confirmed: false.
	EmailUnconfirmed bool
	Admin            bool
	Deleted          bool
}

func (c Config) withDefaults() Config {
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	if c.AckTimeout == 0 {
		c.AckTimeout = ackTimeout
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.EventsURL == "" {
		c.EventsURL = c.InteractivityURL
	}
	if c.AppName == "" {
		c.AppName = "Lead Agent"
	}
	return c
}

// check names every mistake of the configuration at once.
func (c Config) check() error {
	var mistakes []error
	for name, value := range map[string]string{
		"AppID": c.AppID, "ClientID": c.ClientID, "ClientSecret": c.ClientSecret, "SigningSecret": c.SigningSecret,
	} {
		if value == "" {
			mistakes = append(mistakes, fmt.Errorf("%s is empty", name))
		}
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" {
		mistakes = append(mistakes, fmt.Errorf("BaseURL %q is not an absolute URL", c.BaseURL))
	}
	var ids []string
	for _, team := range c.Teams {
		mistakes = append(mistakes, team.check()...)
		if slices.Contains(ids, team.ID) {
			mistakes = append(mistakes, fmt.Errorf("team %s appears twice", team.ID))
		}
		ids = append(ids, team.ID)
	}
	return errors.Join(mistakes...)
}

func (t Team) check() []error {
	var mistakes []error
	if !strings.HasPrefix(t.ID, "T") {
		mistakes = append(mistakes, fmt.Errorf("team id %q does not begin with T", t.ID))
	}
	if t.BotToken != "" && !strings.HasPrefix(t.BotToken, "xoxb-") {
		mistakes = append(mistakes, fmt.Errorf("bot token of team %s does not begin with xoxb-", t.ID))
	}
	if len(t.Channels) == 0 {
		mistakes = append(mistakes, fmt.Errorf("team %s has no channel", t.ID))
	}
	for _, channel := range t.Channels {
		if !strings.HasPrefix(channel.ID, "C") {
			mistakes = append(mistakes, fmt.Errorf("channel id %q does not begin with C", channel.ID))
		}
	}
	for _, person := range t.People {
		if !strings.HasPrefix(person.ID, "U") {
			mistakes = append(mistakes, fmt.Errorf("user id %q does not begin with U", person.ID))
		}
	}
	return mistakes
}

func (p Person) shownName() string {
	if p.DisplayName != "" {
		return p.DisplayName
	}
	return p.RealName
}
