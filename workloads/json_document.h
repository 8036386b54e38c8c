#pragma once

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>

namespace nonzero {

// Told of each field in the order of the file, which the JSON value loses: how many objects and lists are open, 1 for a
// field of the root, and the field's name.
using FieldSeen = std::function<void(int depth, const std::string& name)>;

// The JSON value of the text of a file that somebody wrote. InputError, with the position, for an empty file, for text
// that is not JSON and for a field that one object has twice; a file of another format, going by its ending, is told
// that this is not read. origin: the file's name; part: what one object of the list in it is called ("layer"), empty
// where there is no such list; guide: the document that shows an example.
nlohmann::json parse_json_document(const std::string& text, const std::string& origin, const std::string& part,
                                   const std::string& guide, const FieldSeen& field_seen = {});

// The ending of a file's name where it has one that is not .json, and the message that says so.
std::string foreign_ending(const std::string& file);
std::string foreign_format(const std::string& file, const std::string& ending, const std::string& guide);

}  // namespace nonzero
