#!/bin/sh
# Rebuilds what is committed under static and the templ output. Needs Node 20 or newer and Go.
# The versions are those of package-lock.json and go.mod. The lock names Tailwind's Linux binaries;
# on other systems npm adds the one that fits, which "npm ci" would refuse.
set -eu
cd "$(dirname "$0")"

npm install --no-save --no-audit --no-fund
mkdir -p static/vendor
cp node_modules/htmx.org/dist/htmx.min.js static/vendor/htmx.js
cp node_modules/htmx.org/LICENSE static/vendor/htmx.LICENSE
cp node_modules/htmx-ext-sse/dist/sse.min.js static/vendor/htmx-ext-sse.js
cp node_modules/htmx-ext-sse/LICENSE static/vendor/htmx-ext-sse.LICENSE
cp node_modules/idiomorph/dist/idiomorph-ext.min.js static/vendor/idiomorph.js
cp node_modules/idiomorph/LICENSE static/vendor/idiomorph.LICENSE
cp node_modules/daisyui/LICENSE static/vendor/daisyui.LICENSE
cp node_modules/tailwindcss/LICENSE static/vendor/tailwindcss.LICENSE

npx tailwindcss --input src/app.css --output static/app.css --minify
(cd .. && go tool templ generate -path web)
