package text

import (
	"strconv"
	"strings"
)

// Number reads a folded word as a number: "1.200", "1,200" and "1 200" are 1200, "10k" is 10000, "twenty" is 20.
func Number(word string) (float64, bool) {
	if value, ok := numberWord(word); ok {
		return value, true
	}
	digits := strings.TrimRight(word, "abcdefghijklmnopqrstuvwxyz")
	factor, ok := suffixFactor(word[len(digits):])
	if digits == "" || !ok {
		return 0, false
	}
	value, err := strconv.ParseFloat(plainDigits(digits), 64)
	if err != nil {
		return 0, false
	}
	return value * factor, true
}

func suffixFactor(suffix string) (float64, bool) {
	switch suffix {
	case "":
		return 1, true
	case "k", "tsd":
		return 1_000, true
	case "m", "mio":
		return 1_000_000, true
	}
	return 0, false
}

// plainDigits drops group separators and writes the decimal one as a point. A separator before exactly three digits groups.
func plainDigits(digits string) string {
	digits = strings.NewReplacer(" ", "", "'", "", "’", "", "\u00a0", "", "\u202f", "").Replace(digits)
	last := strings.LastIndexAny(digits, ".,")
	if last < 0 {
		return digits
	}
	whole := strings.NewReplacer(".", "", ",", "").Replace(digits[:last])
	if rest := digits[last+1:]; len(rest) != 3 {
		return whole + "." + rest
	}
	return whole + digits[last+1:]
}

func numberWord(word string) (float64, bool) {
	switch word {
	case "two", "zwei", "deux", "dos":
		return 2, true
	case "three", "drei", "trois", "tres":
		return 3, true
	case "four", "vier", "quatre", "cuatro":
		return 4, true
	case "five", "funf", "cinq", "cinco":
		return 5, true
	case "six", "sechs", "seis":
		return 6, true
	case "seven", "sieben", "sept", "siete":
		return 7, true
	case "eight", "acht", "huit", "ocho":
		return 8, true
	case "nine", "neun", "neuf", "nueve":
		return 9, true
	case "ten", "zehn", "dix", "diez":
		return 10, true
	case "dozen", "zwolf", "dutzend", "douze", "douzaine", "doce", "docena", "twelve":
		return 12, true
	case "fifteen", "funfzehn", "quinze", "quinzaine", "quince":
		return 15, true
	case "twenty", "zwanzig", "vingt", "vingtaine", "veinte":
		return 20, true
	case "dozens", "dutzende":
		return 24, true
	case "thirty", "dreissig", "trente", "trentaine", "treinta":
		return 30, true
	case "forty", "vierzig", "quarante", "cuarenta":
		return 40, true
	case "fifty", "funfzig", "cinquante", "cinquantaine", "cincuenta":
		return 50, true
	case "sixty", "sechzig", "soixante", "sesenta":
		return 60, true
	case "seventy", "siebzig", "setenta":
		return 70, true
	case "eighty", "achtzig", "ochenta":
		return 80, true
	case "ninety", "neunzig", "noventa":
		return 90, true
	case "hundred", "hundert", "cent", "centaine", "cien", "centenar":
		return 100, true
	case "hundreds", "hunderte", "centaines", "cientos":
		return 200, true
	case "thousand", "tausend", "mille", "mil", "millier":
		return 1_000, true
	case "thousands", "tausende", "milliers", "miles":
		return 2_000, true
	}
	return 0, false
}
