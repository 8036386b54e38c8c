#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace nonzero {

// The JSON value of the text of a file that somebody wrote. InputError, with the position, for an empty file, for text
// that is not JSON and for a field that one object has twice. origin: the file's name; part: what one object of the
// list in it is called ("layer"), empty where there is no such list; guide: the document that shows an example.
nlohmann::json parse_json_document(const std::string& text, const std::string& origin, const std::string& part,
                                   const std::string& guide);

}  // namespace nonzero
