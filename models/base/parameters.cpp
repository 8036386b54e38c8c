#include "models/base/parameters.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

#include "workloads/error.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

std::string prefix_of(const std::string& origin) {
    return origin.empty() ? std::string() : origin + ": ";
}

}  // namespace

void ParameterTable::add(ParameterRow row, Field field) {
    row.default_value = text(field);
    for (const Entry& entry : entries_) {
        if (entry.row.name == row.name) {
            throw std::logic_error("parameter described twice: " + row.name);
        }
    }
    entries_.push_back({std::move(row), std::move(field), false});
}

void ParameterTable::integer(const std::string& name, int& field, int low, int high, const std::string& unit,
                             const std::string& meaning, const std::string& source) {
    if (field < low || field > high) {
        throw std::logic_error("default outside its own range: " + name);
    }
    add({name, "integer", "", "", fmt::format("{} .. {}", low, high), unit, meaning, source},
        Integer{&field, low, high});
}

void ParameterTable::real(const std::string& name, double& field, double low, double high, const std::string& unit,
                          const std::string& meaning, const std::string& source) {
    if (!(field >= low && field <= high)) {
        throw std::logic_error("default outside its own range: " + name);
    }
    add({name, "real", "", "", fmt::format("{} .. {}", low, high), unit, meaning, source}, Real{&field, low, high});
}

void ParameterTable::boolean(const std::string& name, bool& field, const std::string& meaning,
                             const std::string& source) {
    add({name, "boolean", "", "", "true | false", "", meaning, source}, Boolean{&field});
}

void ParameterTable::add_choice(const std::string& name, Choice choice, const std::string& meaning,
                                const std::string& source) {
    if (choice.get() >= choice.names.size()) {
        throw std::logic_error("default outside its own range: " + name);
    }
    const std::string range = fmt::format("{}", fmt::join(choice.names, " | "));
    add({name, "choice", "", "", range, "", meaning, source}, std::move(choice));
}

std::string ParameterTable::text(const Field& field) {
    if (const auto* integer = std::get_if<Integer>(&field)) {
        return fmt::format("{}", *integer->field);
    }
    if (const auto* real = std::get_if<Real>(&field)) {
        return fmt::format("{}", *real->field);
    }
    if (const auto* boolean = std::get_if<Boolean>(&field)) {
        return *boolean->field ? "true" : "false";
    }
    const auto& choice = std::get<Choice>(field);
    return choice.names[choice.get()];
}

bool ParameterTable::is_group(const std::string& name) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const Entry& entry) { return entry.row.name.starts_with(name + "."); });
}

ParameterTable::Entry& ParameterTable::find(const std::string& name, const std::string& origin) {
    std::vector<std::string> candidates;
    for (Entry& entry : entries_) {
        if (entry.row.name == name) {
            return entry;
        }
        if (!is_group(name) || entry.row.name.starts_with(name + ".")) {
            candidates.push_back(entry.row.name);
        }
    }
    throw InputError(fmt::format("{}unknown parameter {}{}", prefix_of(origin), quoted_name(name),
                                 did_you_mean(name, candidates, "'nonzero params PLATFORM' lists all")));
}

void ParameterTable::assign(const Integer& field, const ParameterRow& row, const std::string& text,
                            const std::string& where) {
    int value = 0;
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec == std::errc::invalid_argument || result.ptr != end) {
        throw InputError(fmt::format("{}{}: {} is not an integer ({})", where, row.name, quoted_name(text), row.range));
    }
    if (result.ec == std::errc::result_out_of_range || value < field.low || value > field.high) {
        throw InputError(fmt::format("{}{}: {} is outside {}", where, row.name, shown_name(text), row.range));
    }
    *field.field = value;
}

void ParameterTable::assign(const Real& field, const ParameterRow& row, const std::string& text,
                            const std::string& where) {
    double value = 0;
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value)) {
        throw InputError(
            fmt::format("{}{}: {} is not a finite number ({})", where, row.name, quoted_name(text), row.range));
    }
    if (value < field.low || value > field.high) {
        throw InputError(fmt::format("{}{}: {} is outside {}", where, row.name, shown_name(text), row.range));
    }
    *field.field = value;
}

void ParameterTable::assign(const Boolean& field, const ParameterRow& row, const std::string& text,
                            const std::string& where) {
    if (text == "true" || text == "on") {
        *field.field = true;
    } else if (text == "false" || text == "off") {
        *field.field = false;
    } else {
        throw InputError(
            fmt::format("{}{}: {} is not one of true | on | false | off", where, row.name, quoted_name(text)));
    }
}

void ParameterTable::assign(const Choice& field, const ParameterRow& row, const std::string& text,
                            const std::string& where) {
    const auto found = std::find(field.names.begin(), field.names.end(), text);
    if (found == field.names.end()) {
        throw InputError(fmt::format("{}{}: {} is not one of {}", where, row.name, quoted_name(text), row.range));
    }
    field.set(static_cast<std::size_t>(found - field.names.begin()));
}

void ParameterTable::set(const std::string& name, const std::string& text) {
    Entry& entry = find(name, "");
    std::visit([&](const auto& field) { assign(field, entry.row, text, ""); }, entry.field);
    entry.given = true;
}

void ParameterTable::set_from_json(const nlohmann::json& object, const std::string& origin) {
    if (!object.is_object()) {
        throw InputError(
            fmt::format("{}expected an object of parameters, found: {}", prefix_of(origin), object.type_name()));
    }
    std::set<std::string> seen;
    set_object(object, "", origin, seen);
}

void ParameterTable::set_object(const nlohmann::json& object, const std::string& prefix, const std::string& origin,
                                std::set<std::string>& seen) {
    const std::string where = prefix_of(origin);
    for (const auto& [key, value] : object.items()) {
        const std::string name = prefix + key;
        if (value.is_object() && is_group(name)) {
            set_object(value, name + ".", origin, seen);
            continue;
        }
        Entry& entry = find(name, origin);
        if (!seen.insert(name).second) {
            throw InputError(fmt::format("{}{}: given twice, nested and dotted", where, shown_name(name)));
        }
        const bool right_type = std::holds_alternative<Boolean>(entry.field)  ? value.is_boolean()
                                : std::holds_alternative<Choice>(entry.field) ? value.is_string()
                                                                              : value.is_number();
        if (!right_type) {
            throw InputError(fmt::format("{}{}: expected {} ({}), found: {}", where, name, entry.row.type,
                                         entry.row.range, value.type_name()));
        }
        const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
        std::visit([&](const auto& field) { assign(field, entry.row, text, where); }, entry.field);
        entry.given = true;
    }
}

bool ParameterTable::is_given(const std::string& name) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const Entry& entry) { return entry.given && entry.row.name == name; });
}

void ParameterTable::mark_given(const ParameterTable& other) {
    for (std::size_t index = 0; index < entries_.size(); ++index) {
        entries_[index].given = other.entries_[index].given;
    }
}

std::vector<ParameterRow> ParameterTable::rows() const {
    std::vector<ParameterRow> rows;
    for (const Entry& entry : entries_) {
        rows.push_back(entry.row);
        rows.back().value = text(entry.field);
    }
    return rows;
}

nlohmann::ordered_json ParameterTable::to_json() const {
    auto object = nlohmann::ordered_json::object();
    for (const Entry& entry : entries_) {
        nlohmann::ordered_json& value = object[entry.row.name];
        if (const auto* integer = std::get_if<Integer>(&entry.field)) {
            value = *integer->field;
        } else if (const auto* real = std::get_if<Real>(&entry.field)) {
            value = *real->field;
        } else if (const auto* boolean = std::get_if<Boolean>(&entry.field)) {
            value = *boolean->field;
        } else {
            value = text(entry.field);
        }
    }
    return object;
}

}  // namespace nonzero
