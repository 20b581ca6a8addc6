package gemini

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
)

const (
	// maxAnswer bounds an answer, in bytes: a hundred times what maxOutput tokens need.
	maxAnswer = 1 << 20
	// maxRefusal bounds how much of an error's body is read, in bytes.
	maxRefusal = 64 << 10
)

// transport stands between the vendor's client and the wire. Every fault of the vendor leaves it as a fault.Error, which the client hands on
// without a retry; what does reach the client is a plain answer of one text.
type transport struct {
	key      string
	base     *url.URL
	model    string
	thinking map[string]any
	next     http.RoundTripper
}

type exchangeKey struct{}

func withExchange(ctx context.Context, e *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, e)
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	noted, ok := req.Context().Value(exchangeKey{}).(*exchange)
	if !ok || req.URL.Host != t.base.Host || req.Body == nil {
		return nil, fault.New(fault.Internal, "The AI model's client called what it was not asked to call.")
	}
	body, err := t.body(req.Body)
	if err != nil {
		return nil, err
	}
	noted.sent = len(body)
	resp, err := t.next.RoundTrip(t.prepared(req, body))
	if err != nil {
		return nil, fmt.Errorf("calling the model: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		// What can be read of the body is a help, not a need.
		raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
		return nil, statusFault(resp.StatusCode, resp.Header, raw, t.model, time.Now())
	}
	noted.answered = true
	text, err := answer(resp.Body, noted)
	if err != nil {
		return nil, err
	}
	return plain(req, text)
}

// prepared is the request as it goes out: the key in its header, and no parameter that asks for enums as numbers, which would hide reasons
// that are newer than the client.
func (t *transport) prepared(req *http.Request, body []byte) *http.Request {
	out := req.Clone(req.Context())
	out.URL.RawQuery = ""
	out.Header.Set("X-Goog-Api-Key", t.key)
	out.Body = io.NopCloser(bytes.NewReader(body))
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.ContentLength = int64(len(body))
	return out
}

// body adds to the request what the client has no field for.
func (t *transport) body(from io.ReadCloser) ([]byte, error) {
	raw, err := io.ReadAll(from)
	if closing := from.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	if t.thinking == nil {
		return raw, nil
	}
	var doc, generation map[string]json.RawMessage
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	if err := json.Unmarshal(doc["generationConfig"], &generation); err != nil {
		return nil, fmt.Errorf("reading the request's generationConfig: %w", err)
	}
	if generation["thinkingConfig"], err = json.Marshal(t.thinking); err != nil {
		return nil, fmt.Errorf("writing thinkingConfig: %w", err)
	}
	if doc["generationConfig"], err = json.Marshal(generation); err != nil {
		return nil, fmt.Errorf("writing generationConfig: %w", err)
	}
	return json.Marshal(doc)
}

// answer reads a success: its text, or the fault of an answer that cannot be used.
func answer(body io.Reader, noted *exchange) (string, error) {
	raw, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	noted.received = len(raw)
	if err != nil {
		return "", fmt.Errorf("reading the model's answer: %w", err)
	}
	if len(raw) > maxAnswer {
		return "", fault.New(fault.Unusable, "The AI model's answer was far too long.")
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return "", fault.New(fault.Unusable, "The AI model answered with nothing at all.")
	}
	decoded, err := decodeReply(raw)
	if err != nil {
		return "", err
	}
	if decoded.Usage != nil {
		noted.usage = *decoded.Usage
	}
	return decoded.text()
}

// plain is an answer that the vendor's client understands in every version.
func plain(req *http.Request, text string) (*http.Response, error) {
	type texts struct {
		Text string `json:"text"`
	}
	raw, err := json.Marshal(map[string]any{"candidates": []any{map[string]any{
		"content":      map[string]any{"role": "model", "parts": []texts{{Text: text}}},
		"finishReason": "STOP",
	}}})
	if err != nil {
		return nil, fmt.Errorf("rewriting the model's answer: %w", err)
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Request: req,
		Body: io.NopCloser(bytes.NewReader(raw)), ContentLength: int64(len(raw)),
	}, nil
}

// asFault gives the fault of a failed call. Whatever is none yet happened on the way: no connection, a cut one, or the time was up.
func asFault(err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return known
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(fault.Unavailable, err, "The AI model did not answer in time.")
	}
	return fault.Wrap(fault.Unavailable, err, "The AI model could not be reached.")
}
