package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// chromium finds a browser. Without one the test is skipped, but never in CI.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const wanted = "no Chromium found; install it, on Debian with: apt-get install chromium"
	if os.Getenv("CI") != "" {
		t.Fatal(wanted)
	}
	t.Skip(wanted)
	return ""
}

// browser opens a window of its own, with or without JavaScript.
func browser(t *testing.T, scripts bool) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true),
		chromedp.WindowSize(1280, 900))
	if !scripts {
		options = append(options, chromedp.Flag("blink-settings", "scriptEnabled=false"))
	}
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// devProgram is `leadagent dev` with the addresses that it printed.
type devProgram struct {
	*process
	app, mailbox, slack string
}

// startDev runs `leadagent dev` as its user would, on free ports and with nothing kept.
func startDev(t *testing.T) *devProgram {
	t.Helper()
	w := &world{t: t}
	d := &devProgram{process: w.start(map[string]string{"PATH": os.Getenv("PATH")}, "dev", "--ephemeral", "--addr", "localhost:0", "--sandbox-addr", "localhost:0")}
	line := func(title string) string {
		match := regexp.MustCompile(title + ` +(http://\S+)`).FindStringSubmatch(d.log.String())
		if match == nil {
			return ""
		}
		return match[1]
	}
	w.until(time.Minute, "dev prints its addresses", func() bool { return line("Slack") != "" && strings.Contains(d.log.String(), "Ctrl-C") })
	d.app, d.mailbox, d.slack = line("Dashboard"), line("Mailbox"), line("Slack")
	return d
}

func has(ctx context.Context, t *testing.T, selector, words string) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var text string
	for {
		found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector(`+"`"+selector+"`"+`)?.innerText ?? ""`))
		if text = found; err == nil && strings.Contains(text, words) {
			return
		}
		if time.Now().After(deadline) {
			picture(ctx, t)
			t.Fatalf("%s does not say %q but:\n%s", selector, words, text)
		}
		<-tick.C
	}
}

// press focuses a control and presses Enter, as people without a mouse do. A page that scrolls smoothly moves away from under a mouse.
func press(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.SendKeys(chromedp.CSS(selector), "\r", chromedp.NodeVisible)
}

// picture keeps what the browser shows, for whoever looks into a failure.
func picture(ctx context.Context, t *testing.T) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Logf("no picture: %v", err)
		return
	}
	path := filepath.Join(os.TempDir(), "leadagent-"+t.Name()+".png")
	if err := os.WriteFile(path, png, 0o600); err == nil {
		t.Logf("a picture of the page is in %s", path)
	}
}

// snap keeps a screenshot in the folder that SCREENSHOTS names; without one nothing is kept. The README's pictures come from it.
func snap(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600))
}

// fillForm types a lead into Acme's hosted form as a person does, who needs more than two seconds, and sends it.
func (d *devProgram) fillForm(ctx context.Context, t *testing.T, name, email, message string) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx,
		chromedp.Navigate(d.app+"/f/acme-demo"), chromedp.WaitVisible(chromedp.CSS(`#field-name`)),
		chromedp.SendKeys(chromedp.CSS(`#field-name`), name), chromedp.SendKeys(chromedp.CSS(`#field-email`), email), chromedp.SendKeys(chromedp.CSS(`#field-message`), message)))
	opened := time.NewTimer(2200 * time.Millisecond)
	<-opened.C
	require.NoError(t, chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`form button[type=submit]`))))
	has(ctx, t, "main", "Your reference")
}

// signIn picks a person on the sandbox's sign-in page.
func (d *devProgram) signIn(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(d.app+"/leads"), chromedp.WaitVisible(chromedp.CSS(`main a.btn`)), chromedp.Click(chromedp.CSS(`main a.btn`))))
	has(ctx, t, "body", name)
	require.NoError(t, chromedp.Do(ctx,
		chromedp.Click(chromedp.Search(`//button[contains(., "`+name+`")] | //*[contains(text(), "`+name+`")]/ancestor::form//button`))))
	has(ctx, t, "body", "Leads")
}

func fetch(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}

// TestMainJobInTheBrowser is the whole job as people do it: submit, watch, approve, read the mail; and the same in the emulated Slack.
func TestMainJobInTheBrowser(t *testing.T) {
	t.Parallel()
	ctx := browser(t, true)
	d := startDev(t)
	d.fillForm(ctx, t, "Ada Byron", "ada@analytical-engines.example", "We are 40 people in sales and would like a demo and a quote for next month.")
	d.signIn(ctx, t, "Maya Lindqvist")
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(d.app+"/review")))
	has(ctx, t, "main", "Approve & send")
	snap(ctx, t, "review")
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(d.app+"/leads"), chromedp.Click(chromedp.Search(`//a[contains(., "Ada Byron")]`))))
	has(ctx, t, "main", "Draft version 1")
	has(ctx, t, "main", "Card posted in Slack")
	snap(ctx, t, "lead")
	require.NoError(t, chromedp.Do(ctx, press(`button[data-approve]`)))
	has(ctx, t, "main", "Maya Lindqvist approved version 1")
	mailed := func(to string) bool { return strings.Contains(fetch(t, d.mailbox+"messages.json"), `"to":"`+to) }
	w := &world{t: t}
	w.until(20*time.Second, "the reply is in the mailbox", func() bool { return mailed("ada@analytical-engines.example") })
	has(ctx, t, "main", "Email sent")
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(d.mailbox), chromedp.Click(chromedp.Search(`//a[contains(., "ada@analytical-engines.example")] | //tr[contains(., "ada@analytical-engines.example")]//a`))))
	has(ctx, t, "body", "Hi Ada")

	d.fillForm(ctx, t, "Grace Murray", "grace@compilers-united.example", "Our team of 60 needs a pilot this quarter; what would it cost us?")
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(d.slack), chromedp.Click(chromedp.Search(`//a[contains(., "Acme")]`))))
	has(ctx, t, "body", "Grace Murray")
	snap(ctx, t, "slack")
	card := `//*[contains(text(), "Grace Murray")]/ancestor::*[.//button[contains(., "Approve")]][1]//button[contains(., "Approve")]`
	require.NoError(t, chromedp.Do(ctx, chromedp.Click(chromedp.Search(card))))
	w.until(30*time.Second, "the reply approved in Slack is in the mailbox", func() bool { return mailed("grace@compilers-united.example") })
	has(ctx, t, "body", "Approved by")

	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(d.app+"/leads"), chromedp.Click(chromedp.CSS(`details.menu-pop summary`)),
		press(`form[action="/sign-out"] button`)))
	has(ctx, t, "body", "signed out")
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(d.app+"/leads"), chromedp.WaitVisible(chromedp.CSS(`main a.btn`))))
}

// TestFormWithoutScripts fills the form with JavaScript switched off: a mistake first, then the thank-you page.
func TestFormWithoutScripts(t *testing.T) {
	t.Parallel()
	ctx := browser(t, false)
	d := startDev(t)
	require.NoError(t, chromedp.Do(ctx,
		chromedp.Navigate(d.app+"/f/acme-demo"), chromedp.WaitVisible(chromedp.CSS(`#field-name`)), chromedp.SendKeys(chromedp.CSS(`#field-name`), "Ada Byron"),
		chromedp.SendKeys(chromedp.CSS(`#field-email`), "not an address"), chromedp.SendKeys(chromedp.CSS(`#field-message`), "Could you call me about a pilot with 30 people?"),
		chromedp.Click(chromedp.CSS(`form button[type=submit]`))))
	has(ctx, t, "main", "There is a problem")
	kept, err := chromedp.Run(ctx, chromedp.Value(chromedp.CSS(`#field-message`)))
	require.NoError(t, err)
	require.Equal(t, "Could you call me about a pilot with 30 people?", kept, "what was typed stays")
	require.NoError(t, chromedp.Do(ctx, chromedp.SetValue(chromedp.CSS(`#field-email`), "ada@analytical-engines.example")))
	opened := time.NewTimer(2200 * time.Millisecond)
	<-opened.C
	require.NoError(t, chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`form button[type=submit]`))))
	has(ctx, t, "main", "Your reference")
}
