#pragma once
// What a user is told.

#include <string>

#include "workloads/error.h"

namespace nonzero::test {

// The message of the InputError that the call throws, or "accepted".
template <class Call>
std::string error_of(const Call& call) {
    try {
        call();
        return "accepted";
    } catch (const InputError& error) {
        return error.what();
    }
}

}  // namespace nonzero::test
