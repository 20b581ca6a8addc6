package gemini

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/leadagent/leadagent/domain/fault"
)

// reply is the part of a GenerateContentResponse that counts (https://ai.google.dev/api/generate-content#GenerateContentResponse).
type reply struct {
	Candidates []candidate `json:"candidates"`
	Feedback   *struct {
		BlockReason reason `json:"blockReason"`
	} `json:"promptFeedback"`
	Usage *usage `json:"usageMetadata"`
}

type candidate struct {
	Content *struct {
		Parts []part `json:"parts"`
	} `json:"content"`
	FinishReason reason `json:"finishReason"`
}

type part struct {
	Text    string `json:"text"`
	Thought bool   `json:"thought"`
}

// reason is an enum of the vendor by name. Asked for names it sends names; a proxy in between may still send numbers.
type reason string

// UnmarshalJSON keeps a name as it is and a number as its digits.
func (r *reason) UnmarshalJSON(raw []byte) error {
	*r = reason(strings.Trim(string(raw), `"`))
	if *r == "null" {
		*r = ""
	}
	return nil
}

// The numbers of the vendor's enums FinishReason and BlockReason
// (https://github.com/googleapis/googleapis/blob/master/google/ai/generativelanguage/v1beta/generative_service.proto).
func (r reason) named(names ...string) reason {
	if n, err := strconv.Atoi(string(r)); err == nil && n >= 0 && n < len(names) {
		return reason(names[n])
	}
	return r
}

func (r reason) finish() reason {
	return r.named("", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII")
}

func (r reason) block() reason {
	return r.named("", "SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY")
}

// decodeReply reads an answer's body; Unusable when it is not one.
func decodeReply(body []byte) (reply, error) {
	var r reply
	if err := json.Unmarshal(body, &r); err != nil {
		return reply{}, fault.Wrap(fault.Unusable, syntaxOnly(err), "The AI model's answer could not be read.")
	}
	return r, nil
}

// text gives the words of a usable answer, without thoughts, or the fault of one that is not.
func (r reply) text() (string, error) {
	if r.Feedback != nil {
		if why := r.Feedback.BlockReason.block(); why != "" && why != "BLOCK_REASON_UNSPECIFIED" {
			return "", refusal("The AI model's safety filter blocked this lead's text.", "prompt blocked: ", why)
		}
	}
	if len(r.Candidates) == 0 {
		if r.Candidates == nil && r.Feedback == nil && r.Usage == nil {
			return "", fault.New(fault.Unusable, "The AI model answered with nothing at all.")
		}
		return "", refusal("The AI model gave no answer to this lead's text.", "no candidates", "")
	}
	first := r.Candidates[0]
	if err := first.stopped(); err != nil {
		return "", err
	}
	text := first.words()
	if strings.TrimSpace(text) == "" {
		return "", fault.New(fault.Unusable, "The AI model's answer was empty.")
	}
	return text, nil
}

// stopped gives the fault of a candidate that ended in another way than by itself. Reasons that concern the text are final; those that may
// be chance are worth asking again.
func (c candidate) stopped() error {
	switch why := c.FinishReason.finish(); why {
	case "STOP":
		return nil
	case "", "FINISH_REASON_UNSPECIFIED":
		if c.Content == nil {
			return refusal("The AI model gave no answer to this lead's text.", "candidate without content", "")
		}
		return nil
	case "MAX_TOKENS":
		return fault.New(fault.Unusable, "The AI model's answer was cut off at its length limit.")
	case "SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR":
		return refusal("The AI model's safety filter stopped its answer.", "stopped: ", why)
	case "RECITATION":
		return refusal("The AI model stopped since its answer repeated a published text.", "stopped: ", why)
	case "LANGUAGE":
		return refusal("The AI model does not work in this lead's language.", "stopped: ", why)
	default:
		if c.Content == nil && why == "OTHER" {
			return refusal("The AI model gave no answer to this lead's text.", "stopped: ", why)
		}
		return fault.Wrap(fault.Unusable, vendorSaid("stopped: ", why), "The AI model broke off its answer.")
	}
}

func (c candidate) words() string {
	if c.Content == nil {
		return ""
	}
	var b strings.Builder
	for _, p := range c.Content.Parts {
		if !p.Thought {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}
