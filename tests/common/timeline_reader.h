#pragma once
// Reads back what a timeline file shows: the slices of every track.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace nonzero::test {

struct TimelineSlice {
    std::uint64_t begin_ps = 0;
    std::uint64_t end_ps = 0;
    std::map<std::string, std::uint64_t> arguments;
};

struct TimelineTrack {
    std::vector<TimelineSlice> slices;  // as in the file, never empty

    // Of all slices together.
    std::uint64_t begin_ps() const;
    std::uint64_t end_ps() const;
    std::uint64_t duration_ps() const;
    std::uint64_t sum(const std::string& argument) const;
};

// By the tracks' names.
std::map<std::string, TimelineTrack> read_timeline(const std::string& file);

}  // namespace nonzero::test
