#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace nonzero {

// The JSON value of a network file's text. InputError, with the position, for an empty file, for text that is not JSON
// and for a field that one object has twice.
nlohmann::json parse_network_json(const std::string& text, const std::string& origin);

}  // namespace nonzero
