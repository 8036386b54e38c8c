#include "models/base/statistics.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <type_traits>

namespace nonzero {

namespace {

// Where in "pe_0_12" the "_0_12" begins: the numbers behind a name, as sc_vector names its elements.
std::size_t index_begin(std::string_view name) {
    std::size_t begin = name.size();
    for (;;) {
        const std::size_t last = name.find_last_not_of("0123456789", begin == 0 ? 0 : begin - 1);
        if (last == std::string_view::npos || last == 0 || last + 1 == begin || name[last] != '_') {
            return begin;
        }
        begin = last;
    }
}

struct Place {
    std::string path;
    std::string block;
    std::string index;
};

void append(std::string& text, std::string_view part) {
    if (!part.empty()) {
        text += text.empty() ? "" : ".";
        text += part;
    }
}

Place place_below(const sc_core::sc_object* root, const sc_core::sc_object& owner) {
    Place place;
    if (const sc_core::sc_object* const parent = owner.get_parent_object(); parent != nullptr && parent != root) {
        place = place_below(root, *parent);
    }
    const std::string_view name = owner.basename();
    const std::size_t begin = index_begin(name);
    append(place.path, name);
    append(place.block, name.substr(0, begin));
    append(place.index, begin == name.size() ? name.substr(begin) : name.substr(begin + 1));
    return place;
}

template <class List>
auto& named(List& list, const std::string& name) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.name == name; });
    if (found != list.end()) {
        return *found;
    }
    list.emplace_back().name = name;
    return list.back();
}

}  // namespace

template <class Value>
Value& Statistics::add(std::deque<Series<Value>> Block::*list, const sc_core::sc_object& owner, const std::string& name,
                       CounterKind kind, const std::string& meaning) {
    const std::string full_name = std::string(owner.name()) + "." + name;
    if (names_.contains(full_name)) {
        throw std::logic_error("counter registered twice: " + full_name);
    }
    Place place = place_below(get_parent_object(), owner);
    auto& series = named(named(blocks_, place.block).*list, name);
    if (!series.instances.empty() && series.kind != kind) {
        throw std::logic_error("counter of two kinds: " + full_name);
    }
    series.kind = kind;
    series.meaning = meaning;
    series.instances.push_back({std::move(place.path), std::move(place.index), {}});
    Value& value = series.instances.back().value;
    if constexpr (std::is_same_v<Value, Counter>) {
        names_.emplace(full_name, &value);
    } else {
        names_.emplace(full_name, nullptr);
    }
    return value;
}

Counter& Statistics::counter(const sc_core::sc_object& owner, const std::string& name, CounterKind kind,
                             const std::string& meaning) {
    return add(&Block::counters, owner, name, kind, meaning);
}

Histogram& Statistics::histogram(const sc_core::sc_object& owner, const std::string& name, const std::string& meaning) {
    return add(&Block::histograms, owner, name, CounterKind::count, meaning);
}

std::uint64_t Statistics::value(const std::string& full_name) const {
    const auto found = names_.find(full_name);
    if (found == names_.end() || found->second == nullptr) {
        throw std::out_of_range("no counter named " + full_name);
    }
    return found->second->value();
}

std::uint64_t Statistics::sum(const std::string& name) const {
    std::uint64_t total = 0;
    for (const Block& block : blocks_) {
        for (const Series<Counter>& series : block.counters) {
            if (("." + block.name + "." + series.name).ends_with("." + name)) {
                for (const Instance<Counter>& instance : series.instances) {
                    total += instance.value.value();
                }
            }
        }
    }
    return total;
}

void Statistics::clear() {
    const auto clear_all = [](auto& list) {
        for (auto& series : list) {
            for (auto& instance : series.instances) {
                instance.value.clear();
            }
        }
    };
    for (Block& block : blocks_) {
        clear_all(block.counters);
        clear_all(block.histograms);
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
