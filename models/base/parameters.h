#pragma once
// A table of typed parameters over the fields of one plain struct per platform. The struct's own initialisers are the
// defaults; a describe(ParameterTable&, Struct&) function names every field once with range, unit, meaning and source.
// Names are dotted: "pe.rows". Every error is an InputError of one line with the nearest valid name or the valid range.

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace nonzero {

struct ParameterRow {
    std::string name;
    std::string type;  // integer, real, boolean, choice
    std::string value;
    std::string default_value;
    std::string range;  // "1 .. 64", "0 .. 1", "h1 | h2 | h3 | h4"
    std::string unit;
    std::string meaning;
    std::string source;  // item of docs/models, or a section of a paper
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
        Choice entry;
        for (const auto& value : values) {
            entry.names.push_back(value.first);
        }
        entry.get = [&field, values] {
            std::size_t index = 0;
            while (index < values.size() && values[index].second != field) {
                ++index;
            }
            return index;
        };
        entry.set = [&field, values](std::size_t index) { field = values[index].second; };
        add_choice(name, std::move(entry), meaning, source);
    }

    // "4", "2.5", "true" / "on" / "false" / "off", "h2". Nothing may follow the value; a real number is finite.
    void set(const std::string& name, const std::string& text);
    // An object, nested ({"pe": {"rows": 4}}) or dotted ({"pe.rows": 4}); origin names the file in errors. A parameter
    // given both ways is refused.
    void set_from_json(const nlohmann::json& object, const std::string& origin);
    bool is_given(const std::string& name) const;  // set by either of these
    // As given in another table of the same parameters.
    void mark_given(const ParameterTable& other);
    std::vector<ParameterRow> rows() const;
    nlohmann::ordered_json to_json() const;  // dotted name -> value, in table order

  private:
    struct Integer {
        int* field;
        int low;
        int high;
    };
    struct Real {
        double* field;
        double low;
        double high;
    };
    struct Boolean {
        bool* field;
    };
    struct Choice {
        std::vector<std::string> names;
        std::function<std::size_t()> get;  // index into names
        std::function<void(std::size_t)> set;
    };
    using Field = std::variant<Integer, Real, Boolean, Choice>;
    struct Entry {
        ParameterRow row;  // `value` stays empty: the field has it
        Field field;
        bool given = false;
    };

    void add_choice(const std::string& name, Choice choice, const std::string& meaning, const std::string& source);
    void add(ParameterRow row, Field field);
    bool is_group(const std::string& name) const;
    Entry& find(const std::string& name, const std::string& origin);
    void set_object(const nlohmann::json& object, const std::string& prefix, const std::string& origin,
                    std::set<std::string>& seen);
    // These four check text against the field and its range; `where` starts the error message.
    static void assign(const Integer& field, const ParameterRow& row, const std::string& text,
                       const std::string& where);
    static void assign(const Real& field, const ParameterRow& row, const std::string& text, const std::string& where);
    static void assign(const Boolean& field, const ParameterRow& row, const std::string& text,
                       const std::string& where);
    static void assign(const Choice& field, const ParameterRow& row, const std::string& text, const std::string& where);
    static std::string text(const Field& field);

    std::vector<Entry> entries_;
};

}  // namespace nonzero
