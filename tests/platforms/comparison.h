#pragma once
// What differs between a finished layer and what was expected of it, for tests that compare many numbers of many
// layers.

#include <cstdint>
#include <string>
#include <vector>

#include "platforms/host.h"

namespace nonzero::test {

class Comparison {
  public:
    // False when the layer did not finish, which is a difference of its own.
    bool finished(const HostOutcome& outcome);
    void same(const std::string& what, std::uint64_t ours, std::uint64_t theirs);
    void holds(const std::string& what, bool condition);

    // Empty when there is no difference.
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

// Fails, with all of them, when there are any.
void check_none(const std::vector<std::string>& failures);

}  // namespace nonzero::test
