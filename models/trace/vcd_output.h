#pragma once
// The variables of a VCD file and the kernel's trace file that samples them.

#include <systemc>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>

namespace nonzero {

class VcdOutput {
  public:
    static constexpr const char* kSuffix = ".vcd";
    // file: with or without the suffix ".vcd". Throws InputError or HostError when it cannot be written; leaves an
    // existing file alone until begin().
    explicit VcdOutput(const std::string& file);
    // Samples the last values and completes the file.
    ~VcdOutput();
    // The same, but throws HostError when the file could not be written whole. Nothing may be set afterwards.
    void finish();
    // The same, silently.
    void close();
    VcdOutput(const VcdOutput&) = delete;
    VcdOutput& operator=(const VcdOutput&) = delete;

    // A variable of 1 .. 64 bits that starts at 0; returns its number. std::logic_error: name taken, or begun already.
    std::size_t declare(const std::string& name, unsigned bits);
    std::size_t size() const { return variables_.size(); }
    // At the start of the simulation: creates the file.
    void begin();
    void set(std::size_t variable, std::uint64_t value) {
        variables_[variable].value = value;
        moved_ = moved_ || value != 0;
    }
    bool moved() const { return moved_; }  // any variable was ever set to another value than 0
    void clear();                          // every variable to 0
    bool quiet() const;                    // every variable is 0

  private:
    std::string failure() const;  // begins messages

    struct Variable {
        std::string name;
        unsigned bits;
        sc_dt::uint64 value;
    };

    std::string file_;                // without suffix: the kernel adds it
    std::deque<Variable> variables_;  // the kernel keeps references
    std::set<std::string> names_;
    bool moved_ = false;
    sc_core::sc_trace_file* trace_file_ = nullptr;
};

}  // namespace nonzero
