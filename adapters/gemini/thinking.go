package gemini

import (
	"regexp"
	"strconv"
	"strings"
)

// families takes the generation out of a model's name: gemini-3.8-flash is 3 and 8, gemini-3-flash-preview is 3.
var families = regexp.MustCompile(`^gemini-(\d{1,3})(?:\.(\d{1,3}))?-`)

// thinkingFor is the thinkingConfig that keeps a model's thinking short, or nil for models whose setting is not known and which answer an
// unknown setting with 400. From generation 3 on every text model knows the level "low"; 2.5 has a budget in tokens instead, and 512 is
// allowed for each of its models (https://ai.google.dev/gemini-api/docs/thinking).
func thinkingFor(model string) map[string]any {
	found := families.FindStringSubmatch(strings.TrimPrefix(model, "models/"))
	if found == nil {
		return nil
	}
	generation, err := strconv.Atoi(found[1])
	switch {
	case err != nil:
		return nil
	case generation >= 3:
		return map[string]any{"thinkingLevel": "low"}
	case generation == 2 && found[2] == "5":
		return map[string]any{"thinkingBudget": 512}
	default:
		return nil
	}
}
