#pragma once
// Typed reading of one JSON object of a network file. Every problem is an InputError "WHERE, field 'F': PROBLEM".

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

namespace nonzero {

class NetworkFields {
  public:
    // where: the file and, inside a layer, the layer. The object must outlive the reader.
    NetworkFields(const nlohmann::json& object, std::string where) : object_(object), where_(std::move(where)) {}

    const std::string& where() const { return where_; }
    bool has(const std::string& name) const;
    [[noreturn]] void fail(const std::string& name, const std::string& problem) const;

    // Refuses a field that is not in known, with the nearest one that is.
    void check_known(const std::vector<std::string>& known) const;

    // An absent field throws where no fallback is given. Text is one line without control characters.
    std::string text(const std::string& name) const;
    std::string text(const std::string& name, const std::string& fallback) const;
    int integer(const std::string& name) const;
    std::optional<double> number(const std::string& name) const;
    bool flag(const std::string& name, bool fallback) const;
    // A list of `count` integers; where single_allowed also one integer, which then stands for all of them.
    std::vector<int> integers(const std::string& name, std::size_t count, const std::string& form,
                              bool single_allowed) const;
    std::vector<std::string> texts(const std::string& name) const;

  private:
    const nlohmann::json& value(const std::string& name) const;
    int to_integer(const std::string& name, const nlohmann::json& value, const std::string& form) const;
    std::string to_text(const std::string& name, const nlohmann::json& value, const std::string& form) const;

    const nlohmann::json& object_;
    std::string where_;
};

}  // namespace nonzero
