#include "tests/common/timeline_reader.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

namespace nonzero::test {

std::uint64_t TimelineTrack::begin_ps() const {
    std::uint64_t first = slices.front().begin_ps;
    for (const TimelineSlice& slice : slices) {
        first = std::min(first, slice.begin_ps);
    }
    return first;
}

std::uint64_t TimelineTrack::end_ps() const {
    std::uint64_t last = 0;
    for (const TimelineSlice& slice : slices) {
        last = std::max(last, slice.end_ps);
    }
    return last;
}

std::uint64_t TimelineTrack::duration_ps() const {
    std::uint64_t total = 0;
    for (const TimelineSlice& slice : slices) {
        total += slice.end_ps - slice.begin_ps;
    }
    return total;
}

std::uint64_t TimelineTrack::sum(const std::string& argument) const {
    std::uint64_t total = 0;
    for (const TimelineSlice& slice : slices) {
        total += slice.arguments.at(argument);
    }
    return total;
}

std::map<std::string, TimelineTrack> read_timeline(const std::string& file) {
    std::ifstream in(file);
    const nlohmann::json events = nlohmann::json::parse(in).at("traceEvents");
    std::map<int, std::string> names;
    for (const auto& event : events) {
        if (event.at("ph") == "M") {
            names[event.at("tid")] = event.at("args").at("name");
        }
    }
    const auto picoseconds = [](double microseconds) { return std::uint64_t(std::llround(microseconds * 1e6)); };
    std::map<std::string, TimelineTrack> tracks;
    for (const auto& event : events) {
        if (event.at("ph") == "X") {
            TimelineSlice slice;
            slice.begin_ps = picoseconds(event.at("ts"));
            slice.end_ps = slice.begin_ps + picoseconds(event.at("dur"));
            slice.arguments = event.at("args");
            tracks[names.at(event.at("tid"))].slices.push_back(slice);
        }
    }
    return tracks;
}

}  // namespace nonzero::test
