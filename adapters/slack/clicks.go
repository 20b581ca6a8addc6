package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// window is how far a request's time may be from ours, either way.
const window = 5 * time.Minute

// Verify checks the v0 signature of a raw body (https://docs.slack.dev/authentication/verifying-requests-from-slack).
func (s *Slack) Verify(signature, timestamp string, raw []byte) error {
	refused := fault.New(fault.Unauthenticated, "The request is not signed by Slack.")
	at, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || s.now().Sub(time.Unix(at, 0)).Abs() > window {
		return refused
	}
	for _, secret := range s.secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte("v0:" + timestamp + ":"))
		mac.Write(raw)
		if hmac.Equal([]byte(signature), []byte("v0="+hex.EncodeToString(mac.Sum(nil)))) {
			return nil
		}
	}
	return refused
}

// The ids of our buttons.
const (
	actionApprove = "approve"
	actionReject  = "reject"
	actionOpen    = "open"
)

// value is what a button carries: nothing personal.
type value struct {
	Run     workflows.ID `json:"run"`
	Version int          `json:"v"`
}

// payload is what we read of a block_actions payload (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload).
type payload struct {
	Type string `json:"type"`
	Team struct {
		ID string `json:"id"`
	} `json:"team"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	Container struct {
		ChannelID string `json:"channel_id"`
		MessageTS string `json:"message_ts"`
	} `json:"container"`
	ResponseURL string `json:"response_url"`
	Actions     []struct {
		ActionID string `json:"action_id"`
		ActionTS string `json:"action_ts"`
		Value    string `json:"value"`
	} `json:"actions"`
}

// Parse reads a verified body: the payload of the form, never of the address. A press of anything but Approve and Reject asks nothing of us.
func (s *Slack) Parse(raw []byte) (ports.Click, bool, error) {
	malformed := fault.New(fault.Malformed, "The interaction cannot be read.")
	form, err := url.ParseQuery(string(raw))
	if err != nil || form.Get("payload") == "" {
		return ports.Click{}, false, malformed
	}
	var p payload
	if err := json.Unmarshal([]byte(form.Get("payload")), &p); err != nil {
		return ports.Click{}, false, malformed
	}
	if p.Type != "block_actions" || len(p.Actions) == 0 {
		return ports.Click{}, false, nil
	}
	action := p.Actions[0]
	if action.ActionID != actionApprove && action.ActionID != actionReject {
		return ports.Click{}, false, nil
	}
	var v value
	if err := json.Unmarshal([]byte(action.Value), &v); err != nil || p.Team.ID == "" || p.User.ID == "" {
		return ports.Click{}, false, malformed
	}
	run, ok := workflows.ParseID(string(v.Run))
	if !ok || v.Version <= 0 {
		return ports.Click{}, false, malformed
	}
	return ports.Click{
		EventID: eventID(p), Team: p.Team.ID, User: p.User.ID, Action: action.ActionID, Run: run, Version: v.Version, ResponseURL: p.ResponseURL,
	}, true, nil
}

// eventID is the same for every delivery of one press: its time, its place, and who pressed what.
func eventID(p payload) string {
	sum := sha256.Sum256([]byte(p.Team.ID + "\n" + p.User.ID + "\n" + p.Container.ChannelID + "\n" + p.Container.MessageTS + "\n" +
		p.Actions[0].ActionID + "\n" + p.Actions[0].ActionTS))
	return hex.EncodeToString(sum[:])
}
