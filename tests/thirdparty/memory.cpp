#include "tests/thirdparty/memory.h"

#include <algorithm>
#include <cstring>

namespace thirdparty {

namespace {

sc_core::sc_time ns(double value) {
    return {value, sc_core::SC_NS};
}

}  // namespace

Memory::Memory(sc_core::sc_module_name name, std::uint64_t base, std::uint64_t size, Timing timing, Scoreboard& board)
    : sc_module(name), base_(base), timing_(timing), board_(board), bytes_(size, 0xA5) {}

void Memory::fail(std::uint64_t address, std::uint64_t size, tlm::tlm_response_status response) {
    failing_address_ = address;
    failing_size_ = size;
    failing_response_ = response;
}

void Memory::silence(std::uint64_t address, std::uint64_t size) {
    silent_address_ = address;
    silent_size_ = size;
}

void Memory::heal() {
    failing_size_ = 0;
    silent_size_ = 0;
    healed_.notify(sc_core::SC_ZERO_TIME);
}

bool Memory::is_silent(const tlm::tlm_generic_payload& payload) const {
    const std::uint64_t address = payload.get_address();
    return silent_size_ != 0 && address < silent_address_ + silent_size_ &&
           silent_address_ < address + payload.get_data_length();
}

void Memory::fill(std::uint64_t address, std::uint64_t size, std::uint8_t value) {
    std::fill_n(bytes_.begin() + std::ptrdiff_t(address - base_), size, value);
}

bool Memory::in_range(std::uint64_t address, std::uint64_t size) const {
    return address >= base_ && size <= bytes_.size() && address - base_ <= bytes_.size() - size;
}

void Memory::serve_cpu(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    move_data(payload);
    delay += ns(10);
}

void Memory::execute(tlm::tlm_generic_payload& payload) {
    const std::uint64_t address = payload.get_address();
    const std::uint64_t length = payload.get_data_length();
    if (failing_size_ != 0 && address < failing_address_ + failing_size_ && failing_address_ < address + length) {
        payload.set_response_status(failing_response_);
        return;
    }
    move_data(payload);
}

void Memory::move_data(tlm::tlm_generic_payload& payload) {
    const std::uint64_t address = payload.get_address();
    const std::uint64_t length = payload.get_data_length();
    if (payload.get_byte_enable_ptr() != nullptr) {
        payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        return;
    }
    if (payload.get_streaming_width() < length) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    if (!in_range(address, length)) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    std::uint8_t* const stored = bytes_.data() + (address - base_);
    if (payload.is_read()) {
        std::memcpy(payload.get_data_ptr(), stored, length);
    } else if (payload.is_write()) {
        std::memcpy(stored, payload.get_data_ptr(), length);
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

std::size_t Memory::begin_access(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
    Access access;
    access.write = payload.is_write();
    access.address = payload.get_address();
    access.length = payload.get_data_length();
    access.begin = sc_core::sc_time_stamp() + delay;
    log_.push_back(access);
    ++open_;
    requested_.notify(sc_core::SC_ZERO_TIME);
    return log_.size() - 1;
}

void Memory::end_access(std::size_t number, const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
    --open_;
    Access& access = log_[number];
    access.end = sc_core::sc_time_stamp() + delay;
    access.response = payload.get_response_status();
}

sc_core::sc_time Memory::random_time(unsigned longest_ns) {
    return ns(double(random_() % (longest_ns + 1)));
}

sc_core::sc_time Memory::accept_delay() {
    switch (timing_) {
        case Timing::prompt:
            return ns(0);
        case Timing::varied:
            return ns(5);
        case Timing::stalling:
            return random_time(50);
    }
    return ns(0);
}

sc_core::sc_time Memory::latency(const tlm::tlm_generic_payload& payload) {
    constexpr std::uint64_t kPage = 256;
    switch (timing_) {
        case Timing::prompt:
            return ns(60);
        case Timing::varied:
            return ns(double(40 + 30 * (payload.get_address() / kPage * 5 % 7)));
        case Timing::stalling:
            return ns(1) + random_time(random_() % 16 == 0 ? 5000 : 300);
    }
    return ns(0);
}

}  // namespace thirdparty
