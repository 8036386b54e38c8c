#pragma once

#include <string_view>

namespace nonzero {

// A JSON file that is compiled into the library by nonzero_embed() of cmake/NonzeroEmbed.cmake.
struct EmbeddedFile {
    std::string_view name;  // without ".json"
    std::string_view json;
};

}  // namespace nonzero
