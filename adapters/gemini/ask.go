package gemini

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/generative-ai-go/genai"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/ports"
)

// role is one of the three: its standing instructions, the sentence that comes before the input, and the form of its answer.
type role struct {
	instructions string
	task         string
	schema       *genai.Schema
}

// ask puts one question and decodes the answer into out. What was spent is given whenever the vendor charged for the call.
func (m *Model) ask(ctx context.Context, r role, input, out any) (ports.Spent, error) {
	question, err := envelope(r.task, input)
	if err != nil {
		return ports.Spent{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, m.timeout)
	defer cancel()
	noted, started := &exchange{}, time.Now()
	resp, err := m.configured(r).GenerateContent(withExchange(ctx, noted), genai.Text(question))
	spent := m.spent(noted, time.Since(started))
	if err != nil {
		return spent, asFault(err)
	}
	return spent, decode(only(resp), out)
}

// configured is the client's model for a role. Temperature and its like stay unset: from Gemini 3 on the vendor advises against them.
func (m *Model) configured(r role) *genai.GenerativeModel {
	model := m.client.GenerativeModel(m.name)
	model.SystemInstruction = genai.NewUserContent(genai.Text(r.instructions))
	model.ResponseMIMEType = "application/json"
	model.ResponseSchema = r.schema
	model.SetMaxOutputTokens(maxOutput)
	return model
}

// envelope sets the input apart from the task. Go's JSON writes < and > as escapes, so nothing inside can end the envelope.
func envelope(task string, input any) (string, error) {
	document, err := json.Marshal(input)
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "The question to the AI model could not be written.")
	}
	return fmt.Sprintf("%s\n<input>\n%s\n</input>", task, document), nil
}

// only gives the text of the answer that the transport let through.
func only(resp *genai.GenerateContentResponse) string {
	if resp == nil || len(resp.Candidates) == 0 || resp.Candidates[0].Content == nil {
		return ""
	}
	text := ""
	for _, p := range resp.Candidates[0].Content.Parts {
		if words, ok := p.(genai.Text); ok {
			text += string(words)
		}
	}
	return text
}

// decode reads the one JSON object that an answer must be. Unknown fields are let pass; anything before or after the object is not.
func decode(text string, out any) error {
	raw := bytes.TrimSpace([]byte(text))
	if len(raw) == 0 || raw[0] != '{' {
		return fault.New(fault.Unusable, "The AI model did not answer in the form that was asked for.")
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fault.Wrap(fault.Unusable, syntaxOnly(err), "The AI model did not answer in the form that was asked for.")
	}
	return nil
}

// unusable is an answer of the right form that breaks a rule.
func unusable(why string) error {
	return fault.Wrap(fault.Unusable, said(why), "The AI model's answer broke a rule.")
}
