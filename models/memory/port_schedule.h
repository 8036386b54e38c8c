#pragma once
// When the accesses of a memory with one write port and several read ports take place. Plain C++; times and durations
// are in the caller's unit.
//
// A port carries one access at a time, and a bank is read or written, never both. An access begins when its port is
// free and its bank no longer does the other thing; so it is impossible that more than one row is written, or more than
// `read_ports` rows are read, at the same time, or that a bank sees both. Accesses of a bank take place in the order in
// which they are asked for; reads through different ports overlap.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nonzero {

class PortSchedule {
  public:
    using Time = std::uint64_t;

    PortSchedule(std::size_t read_ports, std::size_t banks) : read_free_(read_ports, 0), banks_(banks) {}

    // Both return when the access begins, at `earliest` or later. One that takes no time holds nothing up.
    // std::out_of_range for a port or bank that is none.
    Time write(std::size_t bank, Time earliest, Time duration) {
        Bank& used = banks_.at(bank);
        const Time begin = std::max({earliest, write_free_, used.read_end});
        if (duration == 0) {
            return begin;
        }
        write_free_ = begin + duration;
        used.write_end = write_free_;
        return begin;
    }
    Time read(std::size_t port, std::size_t bank, Time earliest, Time duration) {
        Bank& used = banks_.at(bank);
        const Time begin = std::max({earliest, read_free_.at(port), used.write_end});
        if (duration == 0) {
            return begin;
        }
        read_free_[port] = begin + duration;
        used.read_end = std::max(used.read_end, read_free_[port]);
        return begin;
    }
    // Everything is free at once.
    void clear() { *this = PortSchedule(read_free_.size(), banks_.size()); }

  private:
    struct Bank {
        Time write_end = 0;
        Time read_end = 0;
    };
    Time write_free_ = 0;
    std::vector<Time> read_free_;  // by port
    std::vector<Bank> banks_;
};

}  // namespace nonzero
