package slack_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	emulator "github.com/leadagent/leadagent/adapters/sandbox/slack"
	"github.com/leadagent/leadagent/adapters/slack"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

const (
	team    = emulator.DemoAcmeTeam
	channel = emulator.DemoAcmeChannel
	token   = emulator.DemoAcmeToken
	runID   = workflows.ID("0197f0c0-0000-7000-8000-000000000001")
)

// bundle is an emulated Slack and an adapter that speaks to it.
type bundle struct {
	*slack.Slack
	slack *emulator.Server
	base  string
}

func setup(t *testing.T) bundle {
	t.Helper()
	front := httptest.NewUnstartedServer(nil)
	base := "http://" + front.Listener.Addr().String() + "/slack"
	server, err := emulator.New(emulator.Config{
		BaseURL: base, AppID: emulator.DemoAppID, ClientID: emulator.DemoClientID, ClientSecret: emulator.DemoClientSecret,
		SigningSecret: emulator.DemoSigningSecret, Teams: emulator.DemoTeams(),
	})
	require.NoError(t, err)
	front.Config.Handler = http.StripPrefix("/slack", server)
	front.Start()
	t.Cleanup(front.Close)
	s, err := slack.New(slack.Options{
		APIURL: base + "/api", SigningSecrets: []string{"newer-secret", emulator.DemoSigningSecret}, HTTP: &http.Client{Timeout: 2 * time.Second},
	})
	require.NoError(t, err)
	return bundle{Slack: s, slack: server, base: base}
}

// card is one that waits for a decision.
func card() ports.Card {
	at := time.Date(2026, 11, 20, 13, 2, 0, 0, time.UTC)
	return ports.Card{
		Run: runID, State: workflows.AwaitingReview, Category: leads.Qualified, Confidence: 0.92, Reason: "Asks for a price for 40 seats.",
		Name: "Jane Doe", Email: "jane@globex.test", Company: "Globex", Phone: "+49 30 1234567", Message: "What do 40 seats cost?",
		To: "jane@globex.test", Subject: "Your 40 seats", Body: "Hello Jane,\n\nthank you for asking.\n\nSam", DraftVersion: 3,
		Received: at, ReviewDue: at.Add(72 * time.Hour), Sources: []string{"globex.test", "news.test"}, CostMicros: 12_300,
		URL: "https://app.test/leads/1", Zone: time.UTC,
	}
}
