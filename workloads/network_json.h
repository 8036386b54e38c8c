#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace nonzero {

// The JSON value of a network file's text. InputError, with the position, for an empty file, for text that is not JSON
// and for a field that one object has twice. Other files of the same form, an object with a list of objects, say what
// one of these is called and which document shows an example.
nlohmann::json parse_network_json(const std::string& text, const std::string& origin, const std::string& part = "layer",
                                  const std::string& guide = "docs/network_format.md");

}  // namespace nonzero
