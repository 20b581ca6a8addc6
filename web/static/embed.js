// Puts a hosted form into somebody's page:
//   <script async src="https://…/embed.js" data-form="KEY"></script>
// It adds a frame after itself, keeps its height, and fires "leadagent:loaded" and
// "leadagent:submitted" (detail.reference) on it. Only messages of the frame itself count.
(() => {
  "use strict";
  const script = document.currentScript;
  const key = script?.dataset.form;
  if (!key) return;
  const origin = new URL(script.src).origin;

  const address = new URL(`/f/${encodeURIComponent(key)}`, origin);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (/^utm_(source|medium|campaign|term|content)$/.test(name)) address.searchParams.set(name, value);
  }
  address.searchParams.set("embed", "1");
  address.searchParams.set("origin", location.origin);
  address.searchParams.set("landing_page", location.origin + location.pathname);
  if (document.referrer) address.searchParams.set("referrer", document.referrer);

  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || "Contact form";
  frame.loading = "lazy";
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  frame.style.cssText = "display:block;width:100%;border:0;height:640px;color-scheme:normal";
  script.after(frame);

  window.addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    const message = event.data;
    if (message?.source !== "leadagent") return;
    if (message.type === "height" && message.height > 0 && message.height < 10000) {
      frame.style.height = `${Math.ceil(message.height)}px`;
    } else if (message.type === "loaded" || message.type === "submitted") {
      frame.dispatchEvent(
        new CustomEvent(`leadagent:${message.type}`, {
          bubbles: true,
          detail: { form: key, reference: message.reference },
        }),
      );
    }
  });
})();
