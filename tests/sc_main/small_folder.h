#pragma once
// A test's own folder with the small network in it.

#include <nlohmann/json.hpp>
#include <string>

#include "tests/sc_main/small_inputs.h"

namespace nonzero::test {

class SmallFolder {
  public:
    SmallFolder() { write_bytes(network(), kSmallNetwork); }
    std::string network() const { return file("small.json"); }
    std::string file(const std::string& name) const { return directory_.file(name); }
    nlohmann::json results(const std::string& name = "results.json") const {
        return nlohmann::json::parse(read_bytes(file(name)));
    }

  private:
    TemporaryDirectory directory_;
};

}  // namespace nonzero::test
