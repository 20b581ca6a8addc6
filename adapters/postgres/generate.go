package postgres

//go:generate go -C ../../tools run ./dbmodel
