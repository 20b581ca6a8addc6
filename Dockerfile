# The whole program in one image; the command says which part runs: migrate, serve or work.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /leadagent ./cmd/leadagent

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /leadagent /leadagent
EXPOSE 8080 9090
ENTRYPOINT ["/leadagent"]
CMD ["serve"]
