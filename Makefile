# Short names for the commands that the README and CI use. Each is one line that can be typed as well.

.PHONY: dev test race lint generate check css bench

dev:
	go run ./cmd/leadagent dev

test:
	go test ./...

race:
	go test -race -shuffle=on ./...

lint:
	.ci/lint

generate:
	.ci/generate

check:
	.ci/run

css:
	web/build.sh

bench:
	go run ./bench
