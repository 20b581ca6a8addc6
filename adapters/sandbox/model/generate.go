package model

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/model/judge"
	"github.com/leadagent/leadagent/adapters/sandbox/model/reader"
	"github.com/leadagent/leadagent/adapters/sandbox/model/writer"
)

// Role is whose request a call is.
type Role string

// The roles, which are also the targets of faults.
const (
	RoleReader Role = "reader"
	RoleJudge  Role = "judge"
	RoleWriter Role = "writer"
	// RoleOther is any request with another schema, or none.
	RoleOther Role = "other"
	// RoleAny stands for every role.
	RoleAny Role = faults.Any
)

// modelName accepts the vendor's families of text models and refuses those that the guide "Gemini deprecations" lists as shut down.
var (
	modelName    = regexp.MustCompile(`^(gemini|gemma)-[a-z0-9][a-z0-9.-]*$`)
	retiredModel = regexp.MustCompile(`^gemini-(pro|1\.|2\.0)`)
)

func knownModel(name string) bool {
	return modelName.MatchString(name) && !retiredModel.MatchString(name)
}

func (s *Server) generate(w http.ResponseWriter, r *http.Request, name string) {
	if !knownModel(name) {
		unknownModel(name, "generateContent").write(w)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		invalid("", "Request body could not be read.").write(w)
		return
	}
	parsed, refused := parse(body)
	if refused != nil {
		refused.write(w)
		return
	}
	role := parsed.schema.role()
	fault, failing, err := s.Faults.Admit(r.Context(), string(role))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if failing && fault.Kind == faults.KindStatus {
		faults.WriteStatus(w, errorForm(), fault)
		return
	}
	a := s.answer(parsed, role, name)
	a.numeric = strings.Contains(r.URL.RawQuery, "enum-encoding")
	if failing {
		a.suffer(fault)
	}
	s.send(w, r, a, failing && fault.Kind == faults.KindReset)
}

func errorForm() faults.Vendor {
	return faults.Vendor{ErrorBody: func(f faults.Fault) (string, []byte) {
		return "application/json; charset=UTF-8", planned(f).body()
	}}
}

// send answers, unless the call is held after its effect or reset.
func (s *Server) send(w http.ResponseWriter, r *http.Request, a *answer, reset bool) {
	if err := s.Faults.Depart(r.Context(), string(a.role)); err != nil {
		panic(http.ErrAbortHandler)
	}
	if reset {
		faults.Reset(w)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	// A write error means that the caller is gone.
	_, _ = w.Write(a.bytes())
}

// answer lets the role's rules work and wraps what they say.
func (s *Server) answer(r request, role Role, name string) *answer {
	a := &answer{role: role, model: name, prompt: tokens(r.prompt), number: s.answers.Add(1), finish: "STOP"}
	said := s.think(r, role)
	if r.schema != nil {
		if said == nil || role == RoleOther {
			said = r.schema.emptiest()
		} else {
			said = r.schema.conform(said)
		}
	}
	if text, ok := said.(string); ok {
		a.text = text
	} else if encoded, err := json.Marshal(said); err == nil {
		a.text = string(encoded)
	}
	if r.maxTokens > 0 && tokens(a.text) > r.maxTokens {
		a.text, a.finish = a.text[:min(len(a.text), r.maxTokens*bytesPerToken)], "MAX_TOKENS"
	}
	return a
}

// think returns the role's answer as decoded JSON, or nil for input that the role cannot read.
func (s *Server) think(r request, role Role) any {
	input := []byte(inputOf(r.last))
	switch role {
	case RoleReader:
		var turn reader.Turn
		if json.Unmarshal(input, &turn) != nil {
			return nil
		}
		return generic(s.reader.Answer(turn))
	case RoleJudge:
		var c judge.Case
		if json.Unmarshal(input, &c) != nil {
			return nil
		}
		return generic(s.judge.Decide(c))
	case RoleWriter:
		var order writer.Order
		if json.Unmarshal(input, &order) != nil {
			return nil
		}
		return generic(s.writer.Write(order))
	case RoleOther, RoleAny:
	}
	if r.schema == nil {
		return "This is the sandbox's model. It answers by fixed rules, and only what Lead Agent asks."
	}
	return nil
}

// inputOf returns what stands between <input> and </input>.
func inputOf(text string) string {
	_, after, found := strings.Cut(text, "<input>")
	if !found {
		return ""
	}
	end := strings.LastIndex(after, "</input>")
	if end < 0 {
		return ""
	}
	return strings.TrimSpace(after[:end])
}

// generic turns a struct into decoded JSON.
func generic(v any) any {
	encoded, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var decoded any
	if json.Unmarshal(encoded, &decoded) != nil {
		return nil
	}
	return decoded
}
