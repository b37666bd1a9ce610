#pragma once

#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli, reflected polynomial 0x82f63b78) of `length` bytes, continuing from `crc` (0 to start).
// Uses the processor's instruction where there is one, found at run time, else slicing by 8.
uint32_t cchecksum_crc32c(uint32_t crc, const void *bytes, size_t length);

// The same without the instruction, so that a test can hold the two against each other.
uint32_t cchecksum_crc32c_portable(uint32_t crc, const void *bytes, size_t length);

// CRC-32 as gzip and zip use it (reflected polynomial 0xedb88320); carry-less multiplication where there is one.
uint32_t cchecksum_crc32(uint32_t crc, const void *bytes, size_t length);

// The same without carry-less multiplication.
uint32_t cchecksum_crc32_portable(uint32_t crc, const void *bytes, size_t length);
