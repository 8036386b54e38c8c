#include "study/version.h"

namespace nonzero {

const char* tool_version() {
    return "nonzero " NONZERO_VERSION;
}

}  // namespace nonzero
