package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxAnswer bounds what is kept of an app's answer, in bytes.
const maxAnswer = 1 << 20

// Delivery is one signed request that Slack sent to the app, and how the app answered.
type Delivery struct {
	ID          int    `json:"id"`
	URL         string `json:"url"`
	ContentType string `json:"content_type"`
	Body        []byte `json:"body"`
	// Status is the app's, or 0 when there was none.
	Status   int           `json:"status"`
	Response []byte        `json:"response"`
	Took     time.Duration `json:"took"`
	// TimedOut says that the app had not answered within the acknowledgment time.
	TimedOut bool `json:"timed_out"`
	// Failure describes a connection that failed in another way.
	Failure string `json:"failure,omitempty"`
}

// Acknowledged says that the app answered 200 in time.
func (d Delivery) Acknowledged() bool { return d.Status == http.StatusOK && !d.TimedOut }

// Trouble is what Slack tells the person when the app did not acknowledge, or "".
func (d Delivery) Trouble() string {
	switch {
	case d.Acknowledged():
		return ""
	case d.TimedOut:
		return "operation timed out: the app did not answer within 3 seconds"
	case d.Failure != "":
		return "the app could not be reached"
	}
	return fmt.Sprintf("the app answered with status %d", d.Status)
}

// Deliveries returns every request that was sent to the app, oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Delivery(nil), s.deliveries...)
}

// Redeliver sends the exact bytes of an earlier delivery again, freshly timestamped and signed, as after a lost acknowledgment.
// retry is the number in X-Slack-Retry-Num, which Slack sets on events; 0 leaves the header out.
func (s *Server) Redeliver(ctx context.Context, id, retry int) (Delivery, error) {
	s.mu.Lock()
	if id < 1 || id > len(s.deliveries) {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("sandbox slack: no delivery %d", id)
	}
	d := s.deliveries[id-1]
	s.mu.Unlock()
	return s.deliver(ctx, d.URL, d.ContentType, d.Body, retry)
}

// deliver signs and sends a body. A failing app is a result, not an error; the error is for a request that cannot be built.
func (s *Server) deliver(ctx context.Context, target, contentType string, body []byte, retry int) (Delivery, error) {
	s.mu.Lock()
	secret, wait := s.cfg.SigningSecret, s.cfg.AckTimeout
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	r, err := SignedRequest(ctx, target, contentType, body, secret, s.cfg.Now())
	if err != nil {
		return Delivery{}, err
	}
	if retry > 0 {
		r.Header.Set("X-Slack-Retry-Num", strconv.Itoa(retry))
		r.Header.Set("X-Slack-Retry-Reason", "http_timeout")
	}
	d := send(r)
	d.URL, d.ContentType, d.Body = target, contentType, body
	s.mu.Lock()
	defer s.mu.Unlock()
	d.ID = len(s.deliveries) + 1
	s.deliveries = append(s.deliveries, d)
	return d, nil
}

func send(r *http.Request) Delivery {
	start := time.Now()
	// Slack does not follow redirects of an acknowledgment.
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		return failed(err, time.Since(start))
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return failed(err, time.Since(start))
	}
	return Delivery{Status: response.StatusCode, Response: body, Took: time.Since(start)}
}

func failed(err error, took time.Duration) Delivery {
	return Delivery{Took: took, TimedOut: errors.Is(err, context.DeadlineExceeded), Failure: err.Error()}
}
