package web

//go:generate ./build.sh
