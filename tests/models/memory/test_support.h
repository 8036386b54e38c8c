#pragma once
// What the tests of memories and of the DMA engine share: a process that runs a function, a payload that owns its
// bytes, a memory of bytes to compare with, and reproducible random numbers.

#include <systemc>
#include <tlm>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace nonzero::test {

inline sc_core::sc_time ns(double value) {
    return sc_core::sc_time(value, sc_core::SC_NS);
}
inline sc_core::sc_time ps(std::uint64_t value) {
    return sc_core::sc_time::from_value(value);
}

// Runs its body once, as a thread with room for the test framework.
class Process : public sc_core::sc_module {
  public:
    Process(sc_core::sc_module_name name, std::function<void()> body)
        : sc_core::sc_module(name), body_(std::move(body)) {
        SC_HAS_PROCESS(Process);
        SC_THREAD(run);
        set_stack_size(1 << 20);
    }
    const sc_core::sc_event& ended() const { return ended_; }
    bool has_ended() const { return has_ended_; }

  private:
    void run() {
        body_();
        has_ended_ = true;
        ended_.notify(sc_core::SC_ZERO_TIME);
    }

    std::function<void()> body_;
    sc_core::sc_event ended_;
    bool has_ended_ = false;
};

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    // Both ends included.
    std::uint64_t pick(std::uint64_t low, std::uint64_t high) { return low + engine_() % (high - low + 1); }
    bool chance(unsigned percent) { return pick(1, 100) <= percent; }
    unsigned char byte() { return static_cast<unsigned char>(engine_()); }
    std::vector<unsigned char> bytes(std::size_t count) {
        std::vector<unsigned char> result(count);
        for (unsigned char& value : result) {
            value = byte();
        }
        return result;
    }

  private:
    std::mt19937_64 engine_;
};

struct OwningPayload : tlm::tlm_generic_payload {
    std::vector<unsigned char> data;
    std::vector<unsigned char> enables;

    OwningPayload(tlm::tlm_command command, std::uint64_t address, std::vector<unsigned char> bytes)
        : data(std::move(bytes)) {
        set_command(command);
        set_address(address);
        set_data_ptr(data.data());
        set_data_length(static_cast<unsigned>(data.size()));
        set_streaming_width(static_cast<unsigned>(data.size()));
    }
    void enable(std::vector<unsigned char> pattern) {
        enables = std::move(pattern);
        set_byte_enable_ptr(enables.data());
        set_byte_enable_length(static_cast<unsigned>(enables.size()));
    }
};

// The plainest memory there is.
class ByteMap {
  public:
    unsigned char get(std::uint64_t address) const {
        const auto found = bytes_.find(address);
        return found == bytes_.end() ? 0 : found->second;
    }
    void set(std::uint64_t address, unsigned char value) { bytes_[address] = value; }
    // A payload as IEEE 1666 describes it, byte by byte; returns the data array that it leaves.
    std::vector<unsigned char> execute(const OwningPayload& payload) {
        std::vector<unsigned char> data = payload.data;
        for (std::size_t i = 0; i < data.size(); ++i) {
            if (!payload.enables.empty() && payload.enables[i % payload.enables.size()] == TLM_BYTE_DISABLED) {
                continue;
            }
            if (payload.is_read()) {
                data[i] = get(payload.get_address() + i);
            } else {
                set(payload.get_address() + i, data[i]);
            }
        }
        return data;
    }

  private:
    std::map<std::uint64_t, unsigned char> bytes_;
};

// Initiator socket with nothing behind it but a record of DMI invalidations and, for AT, a function.
class Initiator : public sc_core::sc_module, public tlm::tlm_bw_transport_if<> {
  public:
    using Backward = std::function<tlm::tlm_sync_enum(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&)>;

    explicit Initiator(sc_core::sc_module_name name) : sc_core::sc_module(name) {
        socket.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
    }
    tlm::tlm_initiator_socket<32> socket{"socket"};
    Backward backward;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> invalidations;

  private:
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        return backward ? backward(payload, phase, delay) : tlm::TLM_ACCEPTED;
    }
    void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override {
        invalidations.emplace_back(first, last);
    }
};

// A random read or write near [base, base + span), with random byte enables (none, full, short or long patterns).
inline std::unique_ptr<OwningPayload> random_payload(Dice& dice, std::uint64_t base, std::uint64_t span,
                                                     unsigned longest) {
    const auto command = dice.chance(50) ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND;
    const std::size_t length = dice.pick(1, longest);
    auto payload = std::make_unique<OwningPayload>(command, base + dice.pick(0, span - length), dice.bytes(length));
    if (dice.chance(50)) {
        std::vector<unsigned char> pattern(dice.pick(1, length + 3));
        for (unsigned char& enable : pattern) {
            enable = dice.chance(50) ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED;
        }
        payload->enable(std::move(pattern));
    }
    return payload;
}

}  // namespace nonzero::test
