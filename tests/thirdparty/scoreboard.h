#pragma once
// What the benches of one simulation found: how much was compared, and every difference with its place and time.

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <systemc>
#include <vector>

namespace thirdparty {

class Scoreboard {
  public:
    void holds(const std::string& place, const std::string& what, bool condition) {
        ++checks_;
        if (!condition) {
            fail(place, what);
        }
    }

    template <class Actual, class Expected>
    void equal(const std::string& place, const std::string& what, const Actual& actual, const Expected& expected) {
        ++checks_;
        if (!(actual == static_cast<Actual>(expected))) {
            std::ostringstream text;
            text << what << ": " << std::hex << std::showbase << +actual << " instead of "
                 << +static_cast<Actual>(expected);
            fail(place, text.str());
        }
    }

    void equal_bytes(const std::string& place, const std::string& what, const std::vector<std::uint8_t>& actual,
                     const std::vector<std::uint8_t>& expected) {
        equal(place, what + ", bytes", actual.size(), expected.size());
        for (std::size_t n = 0; n < actual.size() && n < expected.size(); ++n) {
            if (actual[n] != expected[n]) {
                equal(place, what + ", byte " + std::to_string(n), actual[n], expected[n]);
                return;
            }
        }
        ++checks_;
    }

    void fail(const std::string& place, const std::string& what) {
        if (failures_.size() < kMost) {
            failures_.push_back(place + " at " + sc_core::sc_time_stamp().to_string() + ": " + what);
        }
    }

    const std::vector<std::string>& failures() const { return failures_; }
    std::size_t checks() const { return checks_; }

  private:
    static constexpr std::size_t kMost = 40;
    std::vector<std::string> failures_;
    std::size_t checks_ = 0;
};

}  // namespace thirdparty
