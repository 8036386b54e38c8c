#include "tests/common/property.h"

NONZERO_ALL_GENERATORS();

namespace nonzero::test {

bool property_holds(const std::string& description, const std::function<void()>& property) {
    return rc::check(description, property);
}

}  // namespace nonzero::test
