// Package leadagent is the root of the repository. It holds no code of the program, only the tests of how the rest is put together: who may import
// whom, what every package has to have, and whether the documents say what the code does. The program itself is cmd/leadagent.
package leadagent
