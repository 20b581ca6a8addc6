package model

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// What a model can do wrong, as kinds of fault beside faults.KindStatus and faults.KindReset.
const (
	// EmptyCandidates answers 200 without candidates.
	EmptyCandidates faults.Kind = "empty_candidates"
	// EmptyAnswer answers 200 with {}.
	EmptyAnswer faults.Kind = "empty_answer"
	// NoContent answers with a candidate that has no content.
	NoContent faults.Kind = "no_content"
	// EmptyText answers with a part whose text is empty.
	EmptyText faults.Kind = "empty_text"
	// TruncatedJSON cuts the answer's own JSON in the middle, with finish reason STOP.
	TruncatedJSON faults.Kind = "truncated_json"
	// TruncatedBody cuts the HTTP body in the middle.
	TruncatedBody faults.Kind = "truncated_body"
	// MaxTokens cuts the answer's JSON with finish reason MAX_TOKENS.
	MaxTokens faults.Kind = "max_tokens"
	// WrongEnum answers with a category or tool that is not on the list.
	WrongEnum faults.Kind = "wrong_enum"
	// WrongShape answers with JSON of another shape than the schema's.
	WrongShape faults.Kind = "wrong_shape"
	// Huge answers with ten megabytes.
	Huge faults.Kind = "huge"
	// EndlessTools lets the reader ask for another action every time and never be done.
	EndlessTools faults.Kind = "endless_tools"
	// Blocked answers that the prompt was blocked.
	Blocked faults.Kind = "blocked"
	// Safety ends with finish reason SAFETY and no content.
	Safety faults.Kind = "safety"
	// UnknownFinish ends with a finish reason that no client knows.
	UnknownFinish faults.Kind = "unknown_finish"
	// Thoughts puts a thought part before the answer.
	Thoughts faults.Kind = "thoughts"
	// Script answers with Fault.Body as the text, whatever the schema says: a hostile model's words.
	Script faults.Kind = "script"
	// Raw answers with Fault.Body as the whole HTTP body.
	Raw faults.Kind = "raw"
)

// hugeSize is how much a Huge answer has, in bytes.
const hugeSize = 10 << 20

// suffer carries out a fault of this package's kinds; others leave the answer as it is.
func (a *answer) suffer(f faults.Fault) {
	switch f.Kind {
	case EmptyCandidates:
		a.without = "candidates"
	case EmptyAnswer:
		a.without = "everything"
	case NoContent:
		a.without = "content"
	case EmptyText:
		a.text = ""
	case TruncatedBody:
		a.cut = len(a.bytes()) / 2
	case Blocked:
		a.blocked = true
	case Safety:
		a.without, a.finish = "content", "SAFETY"
	case UnknownFinish:
		a.finish = "CONTENT_OUT_OF_STYLE"
	case Thoughts:
		a.thoughts = "Let me think about what the sender really wants before I answer."
	case Script:
		a.text = f.Body
	case Raw:
		a.raw = f.Body
	default:
		a.garble(f.Kind)
	}
}

// garble spoils the answer's own text.
func (a *answer) garble(kind faults.Kind) {
	switch kind {
	case TruncatedJSON:
		a.text = a.text[:len(a.text)/2]
	case MaxTokens:
		a.text, a.finish = a.text[:len(a.text)/2], "MAX_TOKENS"
	case WrongEnum:
		a.text = wrongEnum(a.role)
	case WrongShape:
		a.text = `["this", {"is": "not"}, "what was asked"]`
	case Huge:
		a.text = `{"facts":[],"actions":[],"done":true,"category":"QUALIFIED","subject":"Hello","body":"` + strings.Repeat("very long ", hugeSize/10) + `"}`
	case EndlessTools:
		if a.role == RoleReader {
			a.text = fmt.Sprintf(`{"language":"en","facts":[],"actions":[{"tool":"search","argument":"one more thing, number %d"}],"done":false}`, a.number)
		}
	case faults.KindStatus, faults.KindReset: // carried out before an answer is made
	}
}

func wrongEnum(role Role) string {
	switch role {
	case RoleJudge:
		return `{"category":"EXTREMELY_QUALIFIED","reason":"Because I say so.","confidence":7}`
	case RoleWriter:
		return `{"subject":42,"body":["not","text"],"facts_used":["f999"]}`
	case RoleReader, RoleOther, RoleAny:
	}
	return `{"language":"en","facts":[],"actions":[{"tool":"send_email","argument":"everybody@example.com"}],"done":false}`
}

// Break lets the next n calls of a role go wrong in a way.
func (s *Server) Break(role Role, kind faults.Kind, n int) {
	s.Faults.Plan(faults.Fault{Target: string(role), Kind: kind}, n)
}

// FailNext answers the next n calls of a role with a status; a retryAfter above 0 goes along as a header and as RetryInfo.
func (s *Server) FailNext(role Role, n, status int, retryAfter time.Duration) {
	header := http.Header{}
	if retryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(retryAfter.Round(time.Second)/time.Second)))
	}
	s.Faults.Plan(faults.Fault{Target: string(role), Kind: faults.KindStatus, Status: status, Header: header}, n)
}

// Script answers the next calls of a role with the texts, one each, whatever the schema says.
func (s *Server) Script(role Role, texts ...string) {
	for _, text := range texts {
		s.Faults.Plan(faults.Fault{Target: string(role), Kind: Script, Body: text}, 1)
	}
}

// Hold stops every call of a role before it is answered, until Release.
func (s *Server) Hold(role Role) { s.Faults.Hold(string(role)) }

// Release lets all held calls go on.
func (s *Server) Release() { s.Faults.Release() }

// Call is one recorded generateContent request that was well formed.
type Call struct {
	Role  Role
	Model string
	// Input is the JSON document between <input> and </input>.
	Input json.RawMessage
}

// Calls returns the recorded generateContent requests, oldest first.
func (s *Server) Calls() []Call {
	var calls []Call
	for _, r := range s.Recorder.Requests() {
		name, method, _ := strings.Cut(strings.TrimPrefix(r.Path, prefix+"/"), ":")
		if method != "generateContent" {
			continue
		}
		if parsed, refused := parse([]byte(r.Body)); refused == nil {
			calls = append(calls, Call{Role: parsed.schema.role(), Model: name, Input: json.RawMessage(inputOf(parsed.last))})
		}
	}
	return calls
}
