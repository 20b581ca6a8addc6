package gemini_test

import (
	"strings"
	"testing"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

func TestReadGivesTidyFindings(t *testing.T) {
	t.Parallel()
	v := newVendor(t, says(`{"language":"PT-br","facts":[
		{"claim":" A\nclaim ","quotation":" exact words ","source":"s1","confidence":1},
		{"claim":"no quotation","quotation":"","source":"s1"},
		{"claim":"no source","quotation":"x"}],
		"actions":[{"tool":"search","argument":"North\u200bwind\n"},{"tool":"","argument":"x"}],"unknown":{"a":1}}`))
	got, spent, err := v.model().Read(t.Context(), reading())
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	if got.Language != "pt-BR" || got.Done {
		t.Errorf("language %q, done %v", got.Language, got.Done)
	}
	if len(got.Facts) != 1 || got.Facts[0] != (ports.Fact{Claim: "A claim", Quotation: "exact words", Source: "s1"}) {
		t.Errorf("facts: %+v", got.Facts)
	}
	if len(got.Actions) != 1 || got.Actions[0] != (ports.Wanted{Tool: "search", Argument: "Northwind"}) {
		t.Errorf("actions: %+v", got.Actions)
	}
	if spent.TokensIn != 100 || spent.TokensOut != 25 || spent.CostMicros != (100*1_500_000+25*7_500_000+999_999)/1_000_000 || spent.Took <= 0 {
		t.Errorf("spent: %+v", spent)
	}
}

func TestReadTakesGenerousAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"empty object": `{}`, "nulls": `{"language":null,"facts":null,"actions":null}`, "odd language": `{"language":"the language is English"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _, err := newVendor(t, says(answer)).model().Read(t.Context(), reading())
			if err != nil || got.Language != "" || got.Facts == nil || got.Actions == nil || len(got.Facts)+len(got.Actions) != 0 {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestReadWantsAnObject(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`null`, `[]`, `""`, `{} {}`, `{"facts":[{"claim":1}]}`, `{"done":"yes"}`} {
		if _, _, err := newVendor(t, says(answer)).model().Read(t.Context(), reading()); !fault.Is(err, fault.Unusable) {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

func TestReadBoundsAnEndlessAnswer(t *testing.T) {
	t.Parallel()
	fact := `{"claim":"` + strings.Repeat("c", 900) + `","quotation":"` + strings.Repeat("q", 3000) + `","source":"s1"},`
	action := `{"tool":"search","argument":"` + strings.Repeat("a", 5000) + `"},`
	answer := `{"facts":[` + strings.TrimSuffix(strings.Repeat(fact, 100), ",") + `],"actions":[` + strings.TrimSuffix(strings.Repeat(action, 30), ",") + `]}`
	got, _, err := newVendor(t, says(answer)).model().Read(t.Context(), reading())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Facts) != 40 || len(got.Facts[0].Claim) != 400 || len(got.Facts[0].Quotation) != 1000 || len(got.Actions) != 8 || len(got.Actions[0].Argument) != 1000 {
		t.Errorf("%d facts, %d actions", len(got.Facts), len(got.Actions))
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, answer string
		want         ports.Judgement
		kind         fault.Kind
	}{
		{"whole", goodJudgement, ports.Judgement{Category: leads.Qualified, Reason: "They name a budget and a date.", Confidence: 0.9}, 0},
		{"no confidence", `{"category":"SUPPORT","reason":"x"}`, ports.Judgement{Category: leads.Support, Reason: "x", Confidence: 0.5}, 0},
		{"null confidence", `{"category":"SUPPORT","reason":"x","confidence":null}`, ports.Judgement{Category: leads.Support, Reason: "x", Confidence: 0.5}, 0},
		{"impossible confidence", `{"category":"SUPPORT","reason":"x","confidence":95}`, ports.Judgement{Category: leads.Support, Reason: "x", Confidence: 0.5}, 0},
		{"last of two keys", `{"category":"SUPPORT","category":"FOLLOW_UP","reason":"x","confidence":0}`, ports.Judgement{Category: leads.FollowUp, Reason: "x"}, 0},
		{"unknown field", `{"category":"SUPPORT","reason":"x","confidence":1,"to":"a@b.example"}`, ports.Judgement{Category: leads.Support, Reason: "x", Confidence: 1}, 0},
		{"reason on lines", `{"category":"SUPPORT","reason":"a\n\n b\u202e\u200bc","confidence":1}`, ports.Judgement{Category: leads.Support, Reason: "a bc", Confidence: 1}, 0},
		{"wrong enum", `{"category":"HOT","reason":"x","confidence":1}`, ports.Judgement{}, fault.Unusable},
		{"enum in lower case", `{"category":"qualified","reason":"x","confidence":1}`, ports.Judgement{}, fault.Unusable},
		{"no category", `{"reason":"x","confidence":1}`, ports.Judgement{}, fault.Unusable},
		{"no reason", `{"category":"SUPPORT","reason":" \u200b ","confidence":1}`, ports.Judgement{}, fault.Unusable},
		{"confidence of another type", `{"category":"SUPPORT","reason":"x","confidence":"high"}`, ports.Judgement{}, fault.Unusable},
		{"trailing garbage", goodJudgement + ` and so on`, ports.Judgement{}, fault.Unusable},
		{"two documents", goodJudgement + goodJudgement, ports.Judgement{}, fault.Unusable},
		{"truncated", goodJudgement[:30], ports.Judgement{}, fault.Unusable},
		{"code fence", "```json\n" + goodJudgement + "\n```", ports.Judgement{}, fault.Unusable},
		{"array", `[` + goodJudgement + `]`, ports.Judgement{}, fault.Unusable},
		{"null", `null`, ports.Judgement{}, fault.Unusable},
		{"string", `"QUALIFIED"`, ports.Judgement{}, fault.Unusable},
		{"prose", `This lead is QUALIFIED.`, ports.Judgement{}, fault.Unusable},
		{"empty text", ``, ports.Judgement{}, fault.Unusable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, spent, err := newVendor(t, says(c.answer)).model().Judge(t.Context(), criteria(), facts())
			if got != c.want || fault.KindOf(err) != c.kind {
				t.Errorf("got %+v, %v", got, err)
			}
			if spent.TokensIn != 100 || spent.TokensOut != 25 || spent.CostMicros == 0 {
				t.Errorf("spent %+v", spent)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	v := newVendor(t, says(`{"subject":" Ihre\r\nBcc: all@x.example ","body":"Hallo Ana,\r\n\r\nZeile\u0000\u200b \u0007zwei\u202e.\rEnde ","facts_used":["f2","f9","f2"]}`))
	got, _, err := v.model().Write(t.Context(), writing())
	if err != nil {
		t.Fatal(err)
	}
	if got.Subject != "Ihre Bcc: all@x.example" || got.Body != "Hallo Ana,\n\nZeile zwei.\nEnde" {
		t.Errorf("got %q", got)
	}
	if len(got.FactsUsed) != 1 || got.FactsUsed[0] != "f2" {
		t.Errorf("facts used: %v", got.FactsUsed)
	}
}

func TestWriteChecksTheLetter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, answer string
		kind         fault.Kind
	}{
		{"no facts used", `{"subject":"a","body":"b"}`, 0},
		{"no subject", `{"body":"b","facts_used":[]}`, fault.Unusable},
		{"invisible subject", `{"subject":"\u200b\u2060","body":"b"}`, fault.Unusable},
		{"no body", `{"subject":"a","body":"\n\u200b\n"}`, fault.Unusable},
		{"long subject", `{"subject":"` + strings.Repeat("a", 201) + `","body":"b"}`, fault.Unusable},
		{"long body", `{"subject":"a","body":"` + strings.Repeat("ä", 10_001) + `"}`, fault.Unusable},
		{"body of another type", `{"subject":"a","body":["b"]}`, fault.Unusable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := newVendor(t, says(c.answer)).model().Write(t.Context(), writing())
			if fault.KindOf(err) != c.kind {
				t.Errorf("got %v", err)
			}
			if err == nil && got.FactsUsed == nil {
				t.Error("facts used is nil")
			}
		})
	}
}
