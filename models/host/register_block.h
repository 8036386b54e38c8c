#pragma once
// A window of declared 32-bit registers behind a base-protocol target socket (bind the socket to the block itself).
//
// Regular accesses are one aligned 32-bit word with every byte enabled (payload_check.h names the response of anything
// else). An offset without a register is TLM_ADDRESS_ERROR_RESPONSE, a write of a read-only register
// TLM_COMMAND_ERROR_RESPONSE; a write-only register reads 0. Every access, also a refused one, adds access_delay to the
// delay and never waits; nb_transport_fw completes in its first call. Little endian; hosts are little endian, too.
//
// Debug accesses have any length inside the window and no side effect: no callback, no latch, no event. They read what
// a register holds now (both words of a counter are live) and write read-write registers only; gaps read 0. DMI is
// refused.

#include <systemc>
#include <tlm>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "models/base/payload_check.h"

namespace nonzero {

enum class RegisterAccess { read_only, write_only, read_write, write_one_to_clear };

class Register {
  public:
    // value: as written, before masks. delay: that of the transaction on entry, so the write is meant for now + delay.
    using WriteCallback = std::function<void(std::uint32_t value, const sc_core::sc_time& delay)>;

    Register(std::string name, std::uint64_t offset, RegisterAccess access, std::uint32_t reset_value,
             std::uint32_t writable);

    const std::string& name() const { return name_; }
    std::uint64_t offset() const { return offset_; }
    RegisterAccess access() const { return access_; }
    std::uint32_t reset_value() const { return reset_value_; }

    std::uint32_t value() const { return value_; }
    void set(std::uint32_t value) { value_ = value; }  // by the model: no mask, no callback
    void reset() { value_ = reset_value_; }

    // The register shows this instead of the value that it holds. No side effects allowed.
    Register& source(std::function<std::uint32_t()> source);
    // A regular read returns this; side effects allowed.
    Register& on_read(std::function<std::uint32_t()> callback);
    // Called by a regular write after the value has changed.
    Register& on_write(WriteCallback callback);

  private:
    friend class RegisterBlock;
    std::uint32_t peek() const;
    std::uint32_t read();
    tlm::tlm_response_status write(std::uint32_t value, const sc_core::sc_time& delay);
    void poke(std::uint32_t value);

    std::string name_;
    std::uint64_t offset_;
    RegisterAccess access_;
    std::uint32_t reset_value_;
    std::uint32_t writable_;
    std::uint32_t value_;
    std::function<std::uint32_t()> source_;
    std::function<std::uint32_t()> on_read_;
    WriteCallback on_write_;
};

class RegisterBlock : public tlm::tlm_fw_transport_if<> {
  public:
    RegisterBlock(std::uint64_t window_bytes, const sc_core::sc_time& access_delay);

    // writable: bits that a write changes (of write_one_to_clear: clears). A register that is misaligned, outside the
    // window or declared twice is a programming error (std::logic_error). References stay valid.
    Register& add(const std::string& name, std::uint64_t offset, RegisterAccess access, std::uint32_t reset_value = 0,
                  std::uint32_t writable = ~std::uint32_t{0});
    // 64-bit read-only value as NAME_LO at offset and NAME_HI at offset + 4. Reading LO latches HI, so that a driver
    // sees one consistent value; HI alone reads the value latched last, 0 after reset.
    void add_counter(const std::string& name, std::uint64_t offset, const std::function<std::uint64_t()>& value);

    void reset();
    // While held (reset line), writes are accepted and change nothing.
    void hold(bool held) { held_ = held; }
    const std::deque<Register>& registers() const { return registers_; }

    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override;
    unsigned int transport_dbg(tlm::tlm_generic_payload& payload) override;

  private:
    tlm::tlm_response_status access(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);

    AddressRange window_;
    sc_core::sc_time access_delay_;
    bool held_ = false;
    std::deque<Register> registers_;
    std::map<std::uint64_t, Register*> by_offset_;
};

}  // namespace nonzero
