#pragma once
// A table of typed parameters over the fields of one plain struct per platform. The struct's own initialisers are the
// defaults; a describe(ParameterTable&, Struct&) function names every field once with range, unit, meaning and source.
// Names are dotted: "pe.rows". Every error is an InputError of one line with the nearest valid name or the valid range.

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "workloads/nearest_name.h"

namespace nonzero {

struct ParameterRow {
    std::string name;
    std::string type;           // integer, real, boolean, choice
    std::string value;
    std::string default_value;
    std::string range;          // "1 .. 64", "0 .. 1", "h1 | h2 | h3 | h4"
    std::string unit;
    std::string meaning;
    std::string source;         // paper section or card item
};

class ParameterTable {
  public:
    void integer(const std::string& name, int& field, int low, int high, const std::string& unit,
                 const std::string& meaning, const std::string& source);
    void real(const std::string& name, double& field, double low, double high, const std::string& unit,
              const std::string& meaning, const std::string& source);
    void boolean(const std::string& name, bool& field, const std::string& meaning, const std::string& source);
    template <class Enum>
    void choice(const std::string& name, Enum& field, const std::vector<std::pair<std::string, Enum>>& values,
                const std::string& meaning, const std::string& source) {
        static_assert(std::is_enum_v<Enum>);
        std::vector<std::string> names;
        for (const auto& value : values) {
            names.push_back(value.first);
        }
        add_choice(
            name, names, meaning, source,
            [&field, values] {
                for (std::size_t i = 0; i < values.size(); ++i) {
                    if (values[i].second == field) {
                        return i;
                    }
                }
                return std::size_t{0};
            },
            [&field, values](std::size_t i) { field = values[i].second; });
    }

    // "4", "2.5", "true" / "on", "h2"
    void set(const std::string& name, const std::string& text);
    // An object, nested ({"pe": {"rows": 4}}) or dotted ({"pe.rows": 4}); origin names the file in errors.
    void set_from_json(const nlohmann::json& object, const std::string& origin);
    std::vector<ParameterRow> rows() const;
    nlohmann::ordered_json to_json() const;  // dotted name -> value, in table order

  private:
    struct Entry {
        ParameterRow row;
        std::function<std::string()> get;
        std::function<void(const std::string&)> set;
    };
    void add_choice(const std::string& name, const std::vector<std::string>& values, const std::string& meaning,
                    const std::string& source, std::function<std::size_t()> get, std::function<void(std::size_t)> set);
    Entry& find(const std::string& name);

    std::vector<Entry> entries_;
};

}  // namespace nonzero
