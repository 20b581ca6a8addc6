package gemini

import "strings"

// Price is what a model costs, in millionths of a US dollar per million tokens: $1.50 per million tokens is 1_500_000.
type Price struct {
	In, Out int64 // Out counts thoughts too, as the vendor does
}

// Prices maps the beginning of a model's name to its price. The longest beginning that fits counts; the empty one is the fallback.
type Prices map[string]Price

// DefaultPrices are the list prices of the paid tier for text prompts of up to 200,000 tokens, as of October 2026
// (https://ai.google.dev/gemini-api/docs/pricing). Gemini 3.6 to 3.8 Flash stand at the price that holds from 1 January 2027; until then
// the vendor takes half. A model that is not listed is taken to cost what the dearest listed one does, so that a cost is rather over than
// understated.
func DefaultPrices() Prices {
	return Prices{
		"":                      {In: 2_000_000, Out: 12_000_000},
		"gemini-3.8-flash":      {In: 1_500_000, Out: 7_500_000},
		"gemini-3.7-flash":      {In: 1_500_000, Out: 7_500_000},
		"gemini-3.6-flash":      {In: 1_500_000, Out: 7_500_000},
		"gemini-3.5-flash":      {In: 1_500_000, Out: 9_000_000},
		"gemini-3.5-flash-lite": {In: 300_000, Out: 2_500_000},
		"gemini-3.1-pro":        {In: 2_000_000, Out: 12_000_000},
		"gemini-3.1-flash-lite": {In: 250_000, Out: 1_500_000},
		"gemini-3-flash":        {In: 500_000, Out: 3_000_000},
		"gemini-2.5-pro":        {In: 1_250_000, Out: 10_000_000},
		"gemini-2.5-flash":      {In: 300_000, Out: 2_500_000},
		"gemini-2.5-flash-lite": {In: 100_000, Out: 400_000},
	}
}

func (p Prices) of(model string) Price {
	model = strings.TrimPrefix(model, "models/")
	best, price := -1, Price{}
	for beginning, candidate := range p {
		if len(beginning) > best && strings.HasPrefix(model, beginning) {
			best, price = len(beginning), candidate
		}
	}
	return price
}

// cost is in millionths of a US dollar, rounded up.
func (p Price) cost(in, out int64) int64 {
	return (in*p.In + out*p.Out + 999_999) / 1_000_000
}
