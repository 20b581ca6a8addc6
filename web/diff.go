package web

import "strings"

type lineChange int

const (
	lineKept lineChange = iota
	lineAdded
	lineRemoved
)

type diffLine struct {
	Change lineChange
	Text   string
}

// maxDiffLines bounds the work: the comparison is quadratic in the number of lines.
const maxDiffLines = 400

// letter is a version as one text, the subject first.
func letter(v DraftVersion) string { return "Subject: " + v.Subject + "\n\n" + v.Body }

// diffLines compares two texts line by line by their longest common subsequence. Texts of more
// than maxDiffLines lines are shown as removed and added whole.
func diffLines(before, after string) []diffLine {
	a, b := splitLines(before), splitLines(after)
	if len(a) > maxDiffLines || len(b) > maxDiffLines {
		return append(marked(a, lineRemoved), marked(b, lineAdded)...)
	}
	common := commonLengths(a, b)
	var lines []diffLine
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			lines = append(lines, diffLine{lineKept, a[i]})
			i++
			j++
		case common[i+1][j] >= common[i][j+1]:
			lines = append(lines, diffLine{lineRemoved, a[i]})
			i++
		default:
			lines = append(lines, diffLine{lineAdded, b[j]})
			j++
		}
	}
	lines = append(lines, marked(a[i:], lineRemoved)...)
	return append(lines, marked(b[j:], lineAdded)...)
}

// commonLengths[i][j] is the length of the longest common subsequence of a[i:] and b[j:].
func commonLengths(a, b []string) [][]int {
	lengths := make([][]int, len(a)+1)
	for i := range lengths {
		lengths[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				lengths[i][j] = lengths[i+1][j+1] + 1
			} else {
				lengths[i][j] = max(lengths[i+1][j], lengths[i][j+1])
			}
		}
	}
	return lengths
}

func marked(texts []string, change lineChange) []diffLine {
	lines := make([]diffLine, 0, len(texts))
	for _, text := range texts {
		lines = append(lines, diffLine{change, text})
	}
	return lines
}

func splitLines(text string) []string {
	return strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}
