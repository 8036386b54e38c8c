#pragma once
// A small reader of VCD files, independent of the code that writes them. Times are in the file's own unit.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace nonzero::test {

struct VcdSignal {
    std::string name;  // scopes joined by dots, without the kernel's outermost scope "SystemC"
    unsigned bits = 0;
    bool unknown = false;                                          // some value held an x or z; it is kept as 0 here
    std::vector<std::pair<std::uint64_t, std::uint64_t>> changes;  // (time, value) by time, the last of each time

    std::uint64_t at(std::uint64_t time) const;
    // Sum of value x duration over [begin, end).
    std::uint64_t integral(std::uint64_t begin, std::uint64_t end) const;
    // Largest value that is held for some time in [begin, end).
    std::uint64_t maximum(std::uint64_t begin, std::uint64_t end) const;
};

class VcdFile {
  public:
    // Throws std::runtime_error when there is no such file or it is malformed (times that fall, unknown identifiers,
    // values wider than their signal).
    explicit VcdFile(const std::string& path);

    const std::vector<VcdSignal>& signals() const { return signals_; }
    bool has(const std::string& name) const { return by_name_.count(name) != 0; }
    const VcdSignal& signal(const std::string& name) const;  // std::runtime_error when there is none
    std::uint64_t unit_femtoseconds() const { return unit_; }
    std::uint64_t end() const { return end_; }  // the last time of the file

  private:
    std::vector<VcdSignal> signals_;
    std::map<std::string, std::size_t> by_name_;
    std::uint64_t unit_ = 0;
    std::uint64_t end_ = 0;
};

}  // namespace nonzero::test
