package gemini

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/leadagent/leadagent/ports"
)

const (
	// maxOutput bounds an answer with its thoughts, in tokens; it is sent along as maxOutputTokens.
	maxOutput = 8192
	// mostOutput is the largest output limit of any model, in tokens. A count above it is no count.
	mostOutput = 65_536
	// bytesPerToken is the vendor's rule of thumb (https://ai.google.dev/gemini-api/docs/tokens), used when it sends no count.
	bytesPerToken = 4
)

// usage is usageMetadata as the vendor sends it (https://ai.google.dev/api/generate-content#UsageMetadata).
type usage struct {
	Prompt     count `json:"promptTokenCount"`
	Candidates count `json:"candidatesTokenCount"`
	Thoughts   count `json:"thoughtsTokenCount"`
	Total      count `json:"totalTokenCount"`
}

// count is a number of tokens that never fails to decode: what is no plausible number is 0, what is too large for its type is the largest.
type count int64

// UnmarshalJSON takes numbers, and numbers in quotes as protobuf's JSON writes 64-bit ones.
func (c *count) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	value, err := strconv.ParseFloat(text, 64)
	switch {
	case math.IsInf(value, 1), err == nil && value > math.MaxInt32:
		*c = math.MaxInt32
	case err != nil || math.IsNaN(value) || value < 0:
		*c = 0
	default:
		*c = count(value)
	}
	return nil
}

var _ json.Unmarshaler = (*count)(nil)

// exchange is what the transport notes about a call for those who account for it.
type exchange struct {
	answered bool // the vendor processed the request, and so charges for it
	sent     int  // bytes of the request
	received int  // bytes of the answer
	usage    usage
}

// tokens gives what was used. A call without counts is estimated, so that no answer is free of the budgets; a count beyond what could have
// been (a token a byte sent, the largest output limit received) is cut to that, so that a wild one cannot use up a day's budget.
func (e *exchange) tokens() (in, out int64) {
	if !e.answered {
		return 0, 0
	}
	in = int64(e.usage.Prompt)
	if in == 0 {
		in = int64(e.sent / bytesPerToken)
	}
	out = max(int64(e.usage.Candidates)+int64(e.usage.Thoughts), int64(e.usage.Total)-in)
	if out <= 0 {
		out = int64(min(e.received/bytesPerToken, maxOutput))
	}
	return min(in, int64(e.sent)), min(out, mostOutput)
}

func (m *Model) spent(e *exchange, took time.Duration) ports.Spent {
	in, out := e.tokens()
	return ports.Spent{TokensIn: in, TokensOut: out, CostMicros: m.price.cost(in, out), Took: took}
}
