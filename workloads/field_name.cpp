#include "workloads/field_name.h"

#include <algorithm>
#include <atomic>

namespace nonzero {

namespace {

std::atomic<bool> as_options = false;

}  // namespace

std::string field_name(const std::string& field) {
    if (!as_options) {
        return field;
    }
    std::string option = "--" + field;
    std::replace(option.begin(), option.end(), '_', '-');
    return option;
}

void spell_fields_as_options() {
    as_options = true;
}

}  // namespace nonzero
