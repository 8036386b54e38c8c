#include "workloads/network_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

#include "workloads/error.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

using nlohmann::json;

namespace {

// "the string 'abc'", "3.5", "a list": what the file has in place of the expected value.
std::string shown(const json& value) {
    if (value.is_string()) {
        return "the string " + quoted_name(value.get<std::string>());
    }
    if (value.is_array()) {
        return fmt::format("a list of {}", value.size());
    }
    if (value.is_object()) {
        return "an object";
    }
    return value.dump();
}

}  // namespace

bool NetworkFields::has(const std::string& name) const {
    return object_.contains(name);
}

void NetworkFields::fail(const std::string& name, const std::string& problem) const {
    throw InputError(fmt::format("{}, field {}: {}", where_, quoted_name(name), problem));
}

void NetworkFields::check_known(const std::vector<std::string>& known) const {
    for (const auto& item : object_.items()) {
        if (std::find(known.begin(), known.end(), item.key()) == known.end()) {
            fail(item.key(), "unknown field" + did_you_mean(item.key(), known));
        }
    }
}

const json& NetworkFields::value(const std::string& name) const {
    const auto found = object_.find(name);
    if (found == object_.end()) {
        fail(name, "missing; add it");
    }
    return *found;
}

std::string NetworkFields::text(const std::string& name) const {
    return to_text(name, value(name), "a string");
}

std::string NetworkFields::text(const std::string& name, const std::string& fallback) const {
    return has(name) ? text(name) : fallback;
}

int NetworkFields::integer(const std::string& name) const {
    return to_integer(name, value(name), "an integer");
}

std::optional<double> NetworkFields::number(const std::string& name) const {
    if (!has(name)) {
        return std::nullopt;
    }
    if (!value(name).is_number()) {
        fail(name, fmt::format("is {}; give a number", shown(value(name))));
    }
    return value(name).get<double>();
}

bool NetworkFields::flag(const std::string& name, bool fallback) const {
    if (!has(name)) {
        return fallback;
    }
    if (!value(name).is_boolean()) {
        fail(name, fmt::format("is {}; give true or false", shown(value(name))));
    }
    return value(name).get<bool>();
}

std::vector<int> NetworkFields::integers(const std::string& name, std::size_t count, const std::string& form,
                                         bool single_allowed) const {
    const json& given = value(name);
    if (single_allowed && given.is_number()) {
        return std::vector<int>(count, to_integer(name, given, form));
    }
    if (!given.is_array() || given.size() != count) {
        fail(name, fmt::format("is {}; give {}", shown(given), form));
    }
    std::vector<int> numbers;
    for (const json& element : given) {
        numbers.push_back(to_integer(name, element, form));
    }
    return numbers;
}

std::vector<std::string> NetworkFields::texts(const std::string& name) const {
    const json& given = value(name);
    if (!given.is_array()) {
        fail(name, fmt::format("is {}; give a list of strings", shown(given)));
    }
    std::vector<std::string> strings;
    for (const json& element : given) {
        strings.push_back(to_text(name, element, "a list of strings"));
    }
    return strings;
}

int NetworkFields::to_integer(const std::string& name, const json& value, const std::string& form) const {
    constexpr std::int64_t low = std::numeric_limits<int>::min();
    constexpr std::int64_t high = std::numeric_limits<int>::max();
    if (!value.is_number_integer()) {
        fail(name, fmt::format("has {} in place of an integer; give {}", shown(value), form));
    }
    const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(high);
    if (too_large || value.get<std::int64_t>() < low) {
        fail(name, fmt::format("{} is out of range; give {}", value.dump(), form));
    }
    return value.get<int>();
}

std::string NetworkFields::to_text(const std::string& name, const json& value, const std::string& form) const {
    if (!value.is_string()) {
        fail(name, fmt::format("has {} in place of a string; give {}", shown(value), form));
    }
    auto text = value.get<std::string>();
    if (!is_printable(text)) {
        fail(name, "has a line break or another control character; write it as one line of text");
    }
    return text;
}

}  // namespace nonzero
