#pragma once
// The options of one sub-command: parsing by Boost.Program_options, every mistake an InputError of one line.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nonzero {

enum class OptionKind { flag, value, list };

struct OptionRow {
    std::string section;
    std::string name;
    OptionKind kind = OptionKind::flag;
    std::string placeholder;  // of what it takes; empty for a flag
    std::string meaning;
};

class Options {
  public:
    // command: "run"; positionals: "PLATFORM"; the last `optional` of them may be left out.
    Options(std::string command, std::vector<std::string> positionals, std::size_t optional = 0);

    // Declaring ----------------------------------------------------------------------------------------------------
    void section(const std::string& title);  // what is added next stands under this title in the help
    void flag(const std::string& name, const std::string& meaning);
    void value(const std::string& name, const std::string& placeholder, const std::string& meaning);
    void list(const std::string& name, const std::string& placeholder, const std::string& meaning);  // repeatable
    std::string help() const;
    const std::vector<OptionRow>& rows() const { return rows_; }

    // Reading ------------------------------------------------------------------------------------------------------
    void parse(const std::vector<std::string>& arguments);
    // Empty when it was left out.
    std::string positional(std::size_t index) const {
        return index < found_positionals_.size() ? found_positionals_[index] : std::string();
    }
    bool has(const std::string& name) const { return values_.contains(name); }
    // Empty when the option is absent; an empty text given is refused.
    std::string text(const std::string& name) const;
    std::vector<std::string> texts(const std::string& name) const;
    // Finite, low .. high.
    std::optional<double> real(const std::string& name) const;
    std::optional<std::uint64_t> natural(const std::string& name) const;  // decimal or 0x…
    // "a=b" of every occurrence.
    std::vector<std::pair<std::string, std::string>> assignments(const std::string& name) const;
    // One of the choices, the first one when the option is absent.
    std::string choice(const std::string& name, const std::vector<std::string>& choices) const;
    // Throws when the first one is given without any of the others.
    void needs(const std::string& name, const std::vector<std::string>& others) const;
    // Throws when both are given; why: "the directory has its own data".
    void excludes(const std::string& name, const std::string& other, const std::string& why) const;

  private:
    void check_positionals() const;

    std::string command_;
    std::vector<std::string> positionals_;
    std::size_t optional_;
    std::string section_ = "Options";
    std::vector<OptionRow> rows_;
    std::map<std::string, std::vector<std::string>> values_;  // of the options given; none of a flag
    std::vector<std::string> found_positionals_;
};

}  // namespace nonzero
