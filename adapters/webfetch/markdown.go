package webfetch

import (
	"bytes"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"
)

// markdown keeps headings, lists and tables, whose marks help to understand a text, and nothing that would stand within a sentence: a sentence
// must read as it does on the page, so that words quoted from it are found again. Hence no escapes, no emphasis, no links and no images.
func markdown(n *html.Node) string {
	conv := converter.NewConverter(
		converter.WithPlugins(base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(), table.NewTablePlugin()),
		converter.WithEscapeMode(converter.EscapeModeDisabled),
	)
	for _, tag := range []string{"a", "abbr", "b", "code", "del", "em", "i", "ins", "kbd", "mark", "s", "samp", "strong", "tt", "u", "var"} {
		conv.Register.RendererFor(tag, converter.TagTypeInline, wordsOnly, converter.PriorityEarly)
	}
	unescape := strings.NewReplacer("&lt;", "<", "&gt;", ">")
	conv.Register.TextTransformer(func(_ converter.Context, words string) string { return unescape.Replace(words) }, converter.PriorityLate)
	conv.Register.TagType("img", converter.TagTypeRemove, converter.PriorityEarly)
	conv.Register.TagType("picture", converter.TagTypeRemove, converter.PriorityEarly)
	out, err := conv.ConvertNode(n)
	if err != nil {
		out = bytes.TrimSpace([]byte(flat(n)))
	}
	return compact(paragraphs(string(out)))
}

func wordsOnly(ctx converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
	ctx.RenderChildNodes(ctx, w, n)
	return converter.RenderSuccess
}
