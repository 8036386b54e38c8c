#pragma once
// What is said of packed layers: a JSON manifest, and the same numbers as a C header.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "study/coverage.h"
#include "study/json_value.h"
#include "study/packed_layer.h"

namespace nonzero {

inline constexpr const char* kManifestFile = "manifest.json";
inline constexpr const char* kHeaderFile = "image.h";
inline constexpr const char* kExpectedFile = "expected.bin";

// A layer's folder: what could mean another folder is replaced by '_'.
std::string folder_name(const std::string& layer);
// Prefix of a layer's names in the C header.
std::string macro_name(const std::string& layer);

class Manifest {
  public:
    Manifest(const std::string& platform, nlohmann::ordered_json parameters, std::uint64_t base);

    void add(const PackedLayer& layer);
    void set_left_out(const Coverage& coverage);
    nlohmann::ordered_json to_json() const;
    std::string c_header() const;

  private:
    JsonValue json_;
};

}  // namespace nonzero
