package clerk

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Event is a webhook that may be delivered any number of times and in any order. ID is the svix-id, which stays the same over
// repetitions.
type Event struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Body []byte `json:"body"`
}

// Delivery is one attempt to deliver an event. Status is 0 when the app could not be reached.
type Delivery struct {
	Event    Event  `json:"event"`
	Status   int    `json:"status"`
	Response []byte `json:"response"`
	Failure  string `json:"failure,omitempty"`
}

// Delivered says that the app took the event.
func (d Delivery) Delivered() bool { return d.Status >= 200 && d.Status < 300 }

// deliveryOptions are what a test may do to the envelope of a webhook.
type deliveryOptions struct {
	at         time.Time
	secret     string
	prefix     string
	decoys     []string
	unsigned   bool
	overridden http.Header
}

// DeliveryOption changes how a webhook is signed and sent.
type DeliveryOption func(*deliveryOptions)

// At signs for another time than now.
func At(t time.Time) DeliveryOption { return func(o *deliveryOptions) { o.at = t } }

// SignedWith signs with another secret (whsec_…).
func SignedWith(secret string) DeliveryOption { return func(o *deliveryOptions) { o.secret = secret } }

// StandardHeaders sends webhook-id, webhook-timestamp and webhook-signature instead of the svix- ones.
// https://www.standardwebhooks.com
func StandardHeaders() DeliveryOption { return func(o *deliveryOptions) { o.prefix = "webhook-" } }

// WithDecoys puts other signatures before the right one, as after a rotation of the secret.
func WithDecoys(signatures ...string) DeliveryOption {
	return func(o *deliveryOptions) { o.decoys = signatures }
}

// Unsigned leaves the signature header out.
func Unsigned() DeliveryOption { return func(o *deliveryOptions) { o.unsigned = true } }

// WithHeader sets a header of the request, for example Content-Encoding.
func WithHeader(name, value string) DeliveryOption {
	return func(o *deliveryOptions) {
		if o.overridden == nil {
			o.overridden = http.Header{}
		}
		o.overridden.Set(name, value)
	}
}

// NewEvent wraps data in Clerk's envelope, without sending it: https://clerk.com/docs/guides/development/webhooks/overview (payload)
func (s *Server) NewEvent(kind string, data any) (Event, error) {
	body, err := json.Marshal(object{
		"object": "event", "type": kind, "data": data, "timestamp": s.cfg.Now().UnixMilli(), "instance_id": s.keys.id,
		"event_attributes": object{"http_request": object{"client_ip": "127.0.0.1", "user_agent": "sandbox"}},
	})
	if err != nil {
		return Event{}, fmt.Errorf("sandbox clerk: encode event: %w", err)
	}
	return Event{ID: randomID("msg_"), Type: kind, Body: body}, nil
}

// Deliver sends an event to the webhook URL once. A refusing app is a result; the error is for a request that cannot be made.
func (s *Server) Deliver(ctx context.Context, e Event, options ...DeliveryOption) (Delivery, error) {
	s.mu.Lock()
	target := s.cfg.WebhookURL
	o := deliveryOptions{at: s.cfg.Now(), secret: s.cfg.WebhookSecret, prefix: "svix-"}
	s.mu.Unlock()
	for _, option := range options {
		option(&o)
	}
	r, err := o.request(ctx, target, e)
	if err != nil {
		return Delivery{}, err
	}
	d := attempt(r, e)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliveries = append(s.deliveries, d)
	return d, nil
}

// Emit makes an event and delivers it.
func (s *Server) Emit(ctx context.Context, kind string, data any, options ...DeliveryOption) (Event, Delivery, error) {
	e, err := s.NewEvent(kind, data)
	if err != nil {
		return Event{}, Delivery{}, err
	}
	d, err := s.Deliver(ctx, e, options...)
	return e, d, err
}

// Deliveries returns every attempt, oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.deliveries)
}

func (o deliveryOptions) request(ctx context.Context, target string, e Event) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(e.Body))
	if err != nil {
		return nil, fmt.Errorf("sandbox clerk: build webhook: %w", err)
	}
	signature, err := Signature(o.secret, e.ID, o.at, e.Body)
	if err != nil {
		return nil, err
	}
	for _, decoy := range slices.Backward(o.decoys) {
		signature = decoy + " " + signature
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Svix-Webhooks/1.0")
	r.Header.Set(o.prefix+"id", e.ID)
	r.Header.Set(o.prefix+"timestamp", strconv.FormatInt(o.at.Unix(), 10))
	if !o.unsigned {
		r.Header.Set(o.prefix+"signature", signature)
	}
	for name, values := range o.overridden {
		r.Header[name] = values
	}
	return r, nil
}

// Signature is the value of svix-signature: https://docs.svix.com/receiving/verifying-payloads/how-manual
func Signature(secret, id string, at time.Time, body []byte) (string, error) {
	key, err := signingKey(secret)
	if err != nil {
		return "", fmt.Errorf("sandbox clerk: %w", err)
	}
	mac := hmac.New(sha256.New, key)
	// Writing to a hash never fails.
	_, _ = fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	_, _ = mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

func attempt(r *http.Request, e Event) Delivery {
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return Delivery{Event: e, Failure: err.Error()}
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return Delivery{Event: e, Failure: err.Error()}
	}
	return Delivery{Event: e, Status: response.StatusCode, Response: body}
}
