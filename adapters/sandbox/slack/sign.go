package slack

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const formType = "application/x-www-form-urlencoded"

// Signature is the value of X-Slack-Signature for a raw body and the Unix time in X-Slack-Request-Timestamp.
// https://docs.slack.dev/authentication/verifying-requests-from-slack
func Signature(secret string, unix int64, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	// Writing to a hash never fails.
	_, _ = fmt.Fprintf(mac, "v0:%d:", unix)
	_, _ = mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// SignedRequest builds the POST that Slack would send, with a secret and time of the caller's choosing, so that tests can make
// requests that Slack never would.
func SignedRequest(ctx context.Context, target, contentType string, body []byte, secret string, at time.Time) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("sandbox slack: build request: %w", err)
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	r.Header.Set("X-Slack-Request-Timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("X-Slack-Signature", Signature(secret, at.Unix(), body))
	return r, nil
}
