#include "models/host/register_block.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace nonzero {

static_assert(std::endian::native == std::endian::little,
              "registers and descriptors are copied as the host stores them");

namespace {

constexpr unsigned kWordBytes = 4;

std::uint32_t low_word(std::uint64_t value) {
    return static_cast<std::uint32_t>(value);
}

std::uint32_t high_word(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
}

}  // namespace

Register::Register(std::string name, std::uint64_t offset, RegisterAccess access, std::uint32_t reset_value,
                   std::uint32_t writable)
    : name_(std::move(name)),
      offset_(offset),
      access_(access),
      reset_value_(reset_value),
      writable_(writable),
      value_(reset_value) {}

Register& Register::source(std::function<std::uint32_t()> source) {
    source_ = std::move(source);
    return *this;
}

Register& Register::on_read(std::function<std::uint32_t()> callback) {
    on_read_ = std::move(callback);
    return *this;
}

Register& Register::on_write(WriteCallback callback) {
    on_write_ = std::move(callback);
    return *this;
}

std::uint32_t Register::peek() const {
    if (access_ == RegisterAccess::write_only) {
        return 0;
    }
    return source_ ? source_() : value_;
}

std::uint32_t Register::read() {
    return on_read_ ? on_read_() : peek();
}

tlm::tlm_response_status Register::write(std::uint32_t value, const sc_core::sc_time& delay) {
    switch (access_) {
        case RegisterAccess::read_only:
            return tlm::TLM_COMMAND_ERROR_RESPONSE;
        case RegisterAccess::write_only:
            break;
        case RegisterAccess::read_write:
            poke(value);
            break;
        case RegisterAccess::write_one_to_clear:
            value_ &= ~(value & writable_);
            break;
    }
    if (on_write_) {
        on_write_(value, delay);
    }
    return tlm::TLM_OK_RESPONSE;
}

void Register::poke(std::uint32_t value) {
    if (access_ == RegisterAccess::read_write) {
        value_ = (value_ & ~writable_) | (value & writable_);
    }
}

RegisterBlock::RegisterBlock(std::uint64_t window_bytes, const sc_core::sc_time& access_delay)
    : window_{0, window_bytes}, access_delay_(access_delay) {}

Register& RegisterBlock::add(const std::string& name, std::uint64_t offset, RegisterAccess access,
                             std::uint32_t reset_value, std::uint32_t writable) {
    if (offset % kWordBytes != 0 || !window_.contains(offset, kWordBytes)) {
        throw std::logic_error("register " + name + " is misaligned or outside the window");
    }
    if (by_offset_.count(offset) != 0) {
        throw std::logic_error("register " + name + " has the offset of " + by_offset_.at(offset)->name());
    }
    registers_.emplace_back(name, offset, access, reset_value, writable);
    by_offset_[offset] = &registers_.back();
    return registers_.back();
}

void RegisterBlock::add_counter(const std::string& name, std::uint64_t offset,
                                const std::function<std::uint64_t()>& value) {
    Register& low = add(name + "_LO", offset, RegisterAccess::read_only);
    Register& high = add(name + "_HI", offset + kWordBytes, RegisterAccess::read_only);
    low.source([value] { return low_word(value()); });
    high.source([value] { return high_word(value()); });
    // The stored value of HI is the latch.
    low.on_read([value, &high] {
        const std::uint64_t now = value();
        high.set(high_word(now));
        return low_word(now);
    });
    high.on_read([&high] { return high.value(); });
}

void RegisterBlock::reset() {
    for (Register& each : registers_) {
        each.reset();
    }
}

void RegisterBlock::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    payload.set_dmi_allowed(false);
    payload.set_response_status(access(payload, delay));
    delay += access_delay_;
}

tlm::tlm_response_status RegisterBlock::access(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
    const tlm::tlm_response_status status = check_word_payload(payload, window_, kWordBytes);
    if (status != tlm::TLM_OK_RESPONSE || payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
        return status;
    }
    const auto found = by_offset_.find(payload.get_address());
    if (found == by_offset_.end()) {
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    }
    Register& target = *found->second;
    std::uint32_t word = 0;
    if (payload.is_read()) {
        word = target.read();
        std::memcpy(payload.get_data_ptr(), &word, kWordBytes);
        return tlm::TLM_OK_RESPONSE;
    }
    if (held_ && target.access() != RegisterAccess::read_only) {
        return tlm::TLM_OK_RESPONSE;
    }
    std::memcpy(&word, payload.get_data_ptr(), kWordBytes);
    return target.write(word, delay);
}

tlm::tlm_sync_enum RegisterBlock::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                  sc_core::sc_time& delay) {
    if (phase != tlm::BEGIN_REQ) {
        return tlm::TLM_ACCEPTED;  // an ignorable phase: the transaction ended in its first call
    }
    b_transport(payload, delay);
    return tlm::TLM_COMPLETED;
}

bool RegisterBlock::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    dmi.init();  // grants nothing
    dmi.set_start_address(window_.base);
    dmi.set_end_address(window_.base + window_.size - 1);
    return false;
}

unsigned int RegisterBlock::transport_dbg(tlm::tlm_generic_payload& payload) {
    const std::uint64_t begin = payload.get_address();
    unsigned char* data = payload.get_data_ptr();
    if (!window_.contains(begin, 1) || data == nullptr || payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
        return 0;
    }
    const auto length = static_cast<unsigned>(std::min<std::uint64_t>(payload.get_data_length(), window_.size - begin));
    const std::uint64_t end = begin + length;
    if (payload.is_read()) {
        std::memset(data, 0, length);
    }
    for (auto each = by_offset_.lower_bound(begin - begin % kWordBytes); each != by_offset_.end() && each->first < end;
         ++each) {
        // The part of this word that lies inside [begin, end).
        const std::uint64_t first = std::max(begin, each->first);
        const std::size_t bytes = std::min(end, each->first + kWordBytes) - first;
        std::uint32_t word = each->second->peek();
        unsigned char* in_word = reinterpret_cast<unsigned char*>(&word) + (first - each->first);
        if (payload.is_read()) {
            std::memcpy(data + (first - begin), in_word, bytes);
        } else if (!held_) {
            std::memcpy(in_word, data + (first - begin), bytes);
            each->second->poke(word);
        }
    }
    return length;
}

}  // namespace nonzero
