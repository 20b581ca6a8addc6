package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// DefaultAPIURL is where Slack's Web API is.
const DefaultAPIURL = "https://slack.com/api/"

// hooksHost is the one host of response addresses (https://docs.slack.dev/interactivity/handling-user-interaction).
const hooksHost = "hooks.slack.com"

// metadataType names our metadata on a message, by which a card is found again.
const metadataType = "lead_review"

// callTime bounds one call.
const callTime = 10 * time.Second

// Options say which Slack to speak to.
type Options struct {
	APIURL         string           // the final slash is optional; empty: DefaultAPIURL
	SigningSecrets []string         // the newest first; none may be empty
	HTTP           *http.Client     // nil: one with a time-out of ten seconds
	Now            func() time.Time // nil: time.Now
}

// Slack posts and updates cards and reads presses. It is safe for concurrent use.
type Slack struct {
	apiURL  string
	hooks   []string // the hosts of response addresses
	secrets []string
	client  *http.Client
	now     func() time.Time
}

// New makes a Slack. It fails without a signing secret, with an empty one, and on an address that cannot be read.
func New(o Options) (*Slack, error) {
	if o.APIURL == "" {
		o.APIURL = DefaultAPIURL
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: callTime}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	// No call of ours is redirected by Slack; following one could carry a token elsewhere.
	bounded := *o.HTTP
	bounded.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s := &Slack{apiURL: strings.TrimSuffix(o.APIURL, "/") + "/", hooks: []string{hooksHost}, client: &bounded, now: o.Now}
	for _, secret := range o.SigningSecrets {
		if strings.TrimSpace(secret) == "" {
			return nil, errors.New("a signing secret is empty")
		}
		s.secrets = append(s.secrets, strings.TrimSpace(secret))
	}
	if len(s.secrets) == 0 {
		return nil, errors.New("a signing secret is needed")
	}
	u, err := url.Parse(s.apiURL)
	if err != nil || u.Host == "" {
		return nil, errors.New("the API address cannot be read")
	}
	if u.Host != "slack.com" {
		s.hooks = append(s.hooks, u.Host)
	}
	return s, nil
}

func (s *Slack) call(token string) *api.Client {
	return api.New(token, api.OptionAPIURL(s.apiURL), api.OptionHTTPClient(s.client))
}

// content is the message of a card.
func content(c ports.Card) []api.MsgOption {
	return []api.MsgOption{
		api.MsgOptionText(notification(c), true), api.MsgOptionBlocks(blocks(c)...), api.MsgOptionDisableLinkUnfurl(),
		api.MsgOptionDisableMediaUnfurl(),
		api.MsgOptionMetadata(api.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{"run": string(c.Run)}}),
	}
}

// Post posts a card (https://docs.slack.dev/reference/methods/chat.postMessage).
func (s *Slack) Post(ctx context.Context, token, channel string, c ports.Card) (ports.MessageRef, error) {
	in, ts, err := s.call(token).PostMessageContext(ctx, channel, content(c)...)
	return ports.MessageRef{Channel: in, TS: ts}, toFault(err)
}

// Update replaces a card (https://docs.slack.dev/reference/methods/chat.update).
func (s *Slack) Update(ctx context.Context, token string, ref ports.MessageRef, c ports.Card) error {
	_, _, _, err := s.call(token).UpdateMessageContext(ctx, ref.Channel, ref.TS, content(c)...)
	return toFault(err)
}

// findPages bounds how far back a card is looked for, in pages of 100 messages.
const findPages = 10

// Find looks for the run's card by its metadata (https://docs.slack.dev/reference/methods/conversations.history).
func (s *Slack) Find(ctx context.Context, token, channel string, run workflows.ID, since time.Time) (ports.MessageRef, error) {
	params := &api.GetConversationHistoryParameters{
		ChannelID: channel, Oldest: strconv.FormatInt(since.Unix()-1, 10), Limit: 100, IncludeAllMetadata: true, Inclusive: true,
	}
	for range findPages {
		page, err := s.call(token).GetConversationHistoryContext(ctx, params)
		if err != nil {
			return ports.MessageRef{}, toFault(err)
		}
		for _, m := range page.Messages {
			if m.Metadata.EventType == metadataType && m.Metadata.EventPayload["run"] == string(run) {
				return ports.MessageRef{Channel: channel, TS: m.Timestamp}, nil
			}
		}
		if !page.HasMore || page.ResponseMetaData.NextCursor == "" {
			break
		}
		params.Cursor = page.ResponseMetaData.NextCursor
	}
	return ports.MessageRef{}, fault.New(fault.NotFound, "There is no such card in the channel.")
}

// Person asks who a Slack user is (https://docs.slack.dev/reference/methods/users.info). Bots, deactivated people and unconfirmed addresses are nobody.
func (s *Slack) Person(ctx context.Context, token, slackUser string) (email, name string, err error) {
	user, err := s.call(token).GetUserInfoContext(ctx, slackUser)
	if err != nil {
		return "", "", toFault(err)
	}
	if user.Deleted || user.IsBot || !user.IsEmailConfirmed || user.Profile.Email == "" {
		return "", "", fault.New(fault.NotFound, "Slack knows no confirmed email address of this person.")
	}
	return user.Profile.Email, user.RealName, nil
}

// Tell shows a text to the presser alone, through the press's response address
// (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses). Addresses on other hosts than Slack's are refused.
func (s *Slack) Tell(ctx context.Context, responseURL, text string) error {
	u, err := url.Parse(responseURL)
	if err != nil || !slices.Contains(s.hooks, u.Host) || u.User != nil || u.Host == hooksHost && u.Scheme != "https" {
		return fault.New(fault.Refused, "The response address is not Slack's.")
	}
	body, err := json.Marshal(map[string]any{"response_type": "ephemeral", "replace_original": false, "text": escape(text)})
	if err != nil {
		return fmt.Errorf("encode a response: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, responseURL, bytes.NewReader(body))
	if err != nil {
		return fault.Wrap(fault.Refused, err, "The response address cannot be used.")
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := s.client.Do(request)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "Slack cannot be reached.")
	}
	defer func() { _ = response.Body.Close() }() // it is not read
	switch code := response.StatusCode; {
	case code >= http.StatusInternalServerError || code == http.StatusTooManyRequests:
		return fault.Newf(fault.Unavailable, "Slack answered %d.", code)
	case code >= http.StatusMultipleChoices:
		return fault.Newf(fault.Refused, "Slack answered %d: the response address is used up or has expired.", code)
	}
	return nil
}
