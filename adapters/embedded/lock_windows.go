package embedded

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockFile opens path for ourselves alone; ErrInUse when another program has it open. Windows closes it when this
// program ends in any way.
func lockFile(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, fmt.Errorf("name of the lock: %w", err)
	}
	const alone = 0 // no sharing
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, alone, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	const sharingViolation = syscall.Errno(32) // ERROR_SHARING_VIOLATION
	if errors.Is(err, sharingViolation) {
		return nil, fmt.Errorf("lock %s: %w", path, ErrInUse)
	}
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return os.NewFile(uintptr(h), path), nil
}
