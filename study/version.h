#pragma once

namespace nonzero {

// "nonzero 0.1.0"
const char* tool_version();

}  // namespace nonzero
