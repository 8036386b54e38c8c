#include "tests/common/vcd_reader.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace nonzero::test {

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error("VCD: " + what);
}

std::string word(std::istream& in) {
    std::string text;
    if (!(in >> text)) {
        fail("ends in the middle");
    }
    return text;
}

// The words up to $end.
std::vector<std::string> section(std::istream& in) {
    std::vector<std::string> words;
    for (std::string text = word(in); text != "$end"; text = word(in)) {
        words.push_back(text);
    }
    return words;
}

std::uint64_t timescale(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& part : words) {
        text += part;
    }
    std::size_t digits = 0;
    std::uint64_t unit = std::stoull(text, &digits);
    const std::map<std::string, std::uint64_t> units{{"fs", 1},
                                                     {"ps", 1000},
                                                     {"ns", 1'000'000},
                                                     {"us", 1'000'000'000},
                                                     {"ms", 1'000'000'000'000},
                                                     {"s", 1'000'000'000'000'000}};
    return unit * units.at(text.substr(digits));
}

}  // namespace

std::uint64_t VcdSignal::at(std::uint64_t time) const {
    std::uint64_t value = 0;
    for (const auto& change : changes) {
        if (change.first <= time) {
            value = change.second;
        }
    }
    return value;
}

std::uint64_t VcdSignal::integral(std::uint64_t begin, std::uint64_t end) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const std::uint64_t from = std::max(begin, changes[i].first);
        const std::uint64_t to = i + 1 < changes.size() ? std::min(end, changes[i + 1].first) : end;
        sum += from < to ? changes[i].second * (to - from) : 0;
    }
    return sum;
}

std::uint64_t VcdSignal::maximum(std::uint64_t begin, std::uint64_t end) const {
    std::uint64_t largest = 0;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const std::uint64_t from = std::max(begin, changes[i].first);
        const std::uint64_t to = i + 1 < changes.size() ? std::min(end, changes[i + 1].first) : end;
        if (from < to) {
            largest = std::max(largest, changes[i].second);
        }
    }
    return largest;
}

VcdFile::VcdFile(const std::string& path) {
    std::ifstream in(path);
    if (!in) {
        fail("cannot read " + path);
    }
    std::map<std::string, std::vector<std::size_t>> by_identifier;
    std::vector<std::string> scopes;
    std::uint64_t time = 0;

    const auto change = [&](const std::string& digits, const std::string& identifier) {
        const auto found = by_identifier.find(identifier);
        if (found == by_identifier.end()) {
            fail("unknown identifier " + identifier);
        }
        for (const std::size_t index : found->second) {
            VcdSignal& signal = signals_[index];
            const bool known = digits.find_first_not_of("01") == std::string::npos;
            signal.unknown = signal.unknown || !known;
            if (digits.size() > signal.bits) {
                fail("value of " + signal.name + " is too wide");
            }
            const std::uint64_t value = known ? std::stoull(digits, nullptr, 2) : 0;
            if (!signal.changes.empty() && signal.changes.back().first == time) {
                signal.changes.back().second = value;
            } else {
                signal.changes.emplace_back(time, value);
            }
        }
    };

    std::string text;
    while (in >> text) {
        if (text == "$scope") {
            scopes.push_back(section(in).at(1));
        } else if (text == "$upscope") {
            section(in);
            scopes.pop_back();
        } else if (text == "$timescale") {
            unit_ = timescale(section(in));
        } else if (text == "$var") {
            const std::vector<std::string> words = section(in);  // kind, bits, identifier, name, range
            VcdSignal signal;
            for (std::size_t i = !scopes.empty() && scopes[0] == "SystemC" ? 1 : 0; i < scopes.size(); ++i) {
                signal.name += scopes[i] + ".";
            }
            signal.name += words.at(3);
            signal.bits = static_cast<unsigned>(std::stoul(words.at(1)));
            by_identifier[words.at(2)].push_back(signals_.size());
            if (!by_name_.emplace(signal.name, signals_.size()).second) {
                fail("two signals " + signal.name);
            }
            signals_.push_back(signal);
        } else if (text == "$dumpvars" || text == "$end") {
            continue;  // value changes follow as usual
        } else if (text[0] == '$') {
            section(in);
        } else if (text[0] == '#') {
            const std::uint64_t next = std::stoull(text.substr(1));
            if (next < time) {
                fail("time falls at " + text);
            }
            time = next;
        } else if (text[0] == 'b') {
            const std::string identifier = word(in);
            change(text.substr(1), identifier);
        } else {
            change(text.substr(0, 1), text.substr(1));
        }
    }
    end_ = time;
    if (unit_ == 0) {
        fail("no timescale");
    }
}

const VcdSignal& VcdFile::signal(const std::string& name) const {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
        fail("no signal " + name);
    }
    return signals_[found->second];
}

}  // namespace nonzero::test
