# The whole program in one image; the command says which part runs: migrate, serve or work.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
# timetzdata: the image below has no time zones of its own, and organizations have theirs.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags='-s -w' -o /leadagent ./cmd/leadagent

# Alpine rather than an image without anything, for the wget that health checks need.
FROM alpine:3.22
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /leadagent /usr/local/bin/leadagent
USER 65532:65532
EXPOSE 8080 9090
ENTRYPOINT ["leadagent"]
CMD ["serve"]
