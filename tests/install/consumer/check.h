#ifndef CHECK_H
#define CHECK_H

#include <cstdint>
#include <iostream>

// Counts what is not as expected; main returns it.
inline int failures = 0;

template <class Actual, class Expected>
void expect_equal(const char* what, const Actual& actual, const Expected& expected) {
    if (!(actual == static_cast<Actual>(expected))) {
        std::cerr << what << ": " << +actual << " instead of " << +static_cast<Actual>(expected) << '\n';
        ++failures;
    }
}

#endif
