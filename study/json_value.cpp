#include "study/json_value.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace nonzero {

JsonValue::JsonValue() : value_(std::make_unique<nlohmann::ordered_json>()) {}
JsonValue::JsonValue(nlohmann::ordered_json value)
    : value_(std::make_unique<nlohmann::ordered_json>(std::move(value))) {}
JsonValue::JsonValue(const JsonValue& other) : JsonValue(*other) {}
JsonValue::JsonValue(JsonValue&& other) noexcept = default;
JsonValue& JsonValue::operator=(const JsonValue& other) {
    return *this = JsonValue(other);
}
JsonValue& JsonValue::operator=(JsonValue&& other) noexcept = default;
JsonValue::~JsonValue() = default;

}  // namespace nonzero
