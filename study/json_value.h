#pragma once
// A JSON value as a member of types whose headers do not include JSON. Copied and moved with its owner; one that was
// moved from can only be assigned to.

#include <memory>
#include <nlohmann/json_fwd.hpp>

namespace nonzero {

class JsonValue {
  public:
    JsonValue();  // null
    // NOLINTNEXTLINE(google-explicit-constructor): it is the value
    JsonValue(nlohmann::ordered_json value);
    JsonValue(const JsonValue& other);
    JsonValue(JsonValue&& other) noexcept;
    JsonValue& operator=(const JsonValue& other);
    JsonValue& operator=(JsonValue&& other) noexcept;
    ~JsonValue();

    nlohmann::ordered_json& operator*() { return *value_; }
    const nlohmann::ordered_json& operator*() const { return *value_; }
    nlohmann::ordered_json* operator->() { return value_.get(); }
    const nlohmann::ordered_json* operator->() const { return value_.get(); }

  private:
    std::unique_ptr<nlohmann::ordered_json> value_;
};

}  // namespace nonzero
