#include "models/base/statistics.h"

#include <stdexcept>

namespace nonzero {

std::string Statistics::take_name(const sc_core::sc_object& owner, const std::string& name) {
    std::string full_name = std::string(owner.name()) + "." + name;
    if (!names_.emplace(full_name, nullptr).second) {
        throw std::logic_error("counter registered twice: " + full_name);
    }
    return full_name;
}

Counter& Statistics::counter(const sc_core::sc_object& owner, const std::string& name, CounterKind kind,
                             const std::string& meaning) {
    std::string full_name = take_name(owner, name);
    counters_.push_back({full_name, kind, meaning, {}});
    Counter& counter = counters_.back().counter;
    names_[full_name] = &counter;
    return counter;
}

Histogram& Statistics::histogram(const sc_core::sc_object& owner, const std::string& name, const std::string& meaning) {
    histograms_.push_back({take_name(owner, name), meaning, {}});
    return histograms_.back().histogram;
}

std::uint64_t Statistics::value(const std::string& full_name) const {
    const auto found = names_.find(full_name);
    if (found == names_.end() || found->second == nullptr) {
        throw std::out_of_range("no counter named " + full_name);
    }
    return found->second->value();
}

std::uint64_t Statistics::sum(const std::string& suffix) const {
    const std::string ending = "." + suffix;
    std::uint64_t total = 0;
    for (const CounterEntry& entry : counters_) {
        if (entry.name.ends_with(ending)) {
            total += entry.counter.value();
        }
    }
    return total;
}

void Statistics::clear() {
    for (CounterEntry& entry : counters_) {
        entry.counter.clear();
    }
    for (HistogramEntry& entry : histograms_) {
        entry.histogram.clear();
    }
}

const char* to_string(CounterKind kind) {
    switch (kind) {
        case CounterKind::count:
            return "count";
        case CounterKind::cycles:
            return "cycles";
        case CounterKind::bytes:
            return "bytes";
        case CounterKind::maximum:
            return "maximum";
    }
    return "count";
}

}  // namespace nonzero
