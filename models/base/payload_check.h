#pragma once
// What every memory-mapped target checks before it executes a base-protocol payload. The answer is the response status
// that the target has to set; nothing here aborts, waits or changes the payload.
//
// TLM_IGNORE_COMMAND moves no data and passes whatever its other attributes say. A read or write of zero bytes, and a
// streaming width smaller than the length (0 included), is a burst error (IEEE 1666: such payloads are not allowed, or
// would need wrapping, which no target here does).

#include <tlm>

#include <cstdint>

namespace nonzero {

// Addresses [base, base + size); base + size may be 2^64.
struct AddressRange {
    std::uint64_t base = 0;
    std::uint64_t size = 0;

    // All of [address, address + length) is inside; false when it wraps around or length is 0.
    bool contains(std::uint64_t address, std::uint64_t length) const {
        return length != 0 && address >= base && length <= size && address - base <= size - length;
    }
};

// Storage: any length, byte enables of any length. Checked in this order: command, burst, byte enables, address.
//   TLM_COMMAND_ERROR_RESPONSE      neither read, write nor ignore
//   TLM_BURST_ERROR_RESPONSE        length 0, streaming width < length
//   TLM_BYTE_ENABLE_ERROR_RESPONSE  byte enables without a length, or other values than 0x00 and 0xff
//   TLM_ADDRESS_ERROR_RESPONSE      a byte outside the range, or the range wraps around
//   TLM_GENERIC_ERROR_RESPONSE      no data pointer
tlm::tlm_response_status check_payload(const tlm::tlm_generic_payload& payload, const AddressRange& range);

// Registers: one aligned word of word_bytes inside the range, all bytes enabled. As check_payload, and
//   TLM_BURST_ERROR_RESPONSE        any other length
//   TLM_BYTE_ENABLE_ERROR_RESPONSE  a byte is disabled
//   TLM_ADDRESS_ERROR_RESPONSE      misaligned (relative to the range's base)
tlm::tlm_response_status check_word_payload(const tlm::tlm_generic_payload& payload, const AddressRange& range,
                                            unsigned word_bytes);

}  // namespace nonzero
