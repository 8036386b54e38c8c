#pragma once
// An N:M pattern of structured sparsity (nm.h). C++17-clean.

#include <string>

namespace nonzero {

inline constexpr int largest_nm_window = 65535;  // a 16-bit field of a descriptor

struct NmPattern {
    int n = 1;
    int m = 1;  // 1 <= n <= m; 1:1 is dense
    friend bool operator==(const NmPattern& a, const NmPattern& b) { return a.n == b.n && a.m == b.m; }
};

// "8:128"; InputError for anything that is no pattern.
NmPattern parse_nm_pattern(const std::string& text);
std::string to_string(const NmPattern& pattern);

}  // namespace nonzero
