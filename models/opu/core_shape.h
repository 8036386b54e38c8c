#pragma once
// The make-up of a core (opu_facts.md 4, 2): C(n, v), a regular core of n PEs that multiply v input channels each, or
// P(n, v), a depthwise core of n PEs with a line buffer and a window of v pixels.

#include <cstdint>
#include <string>

namespace nonzero::opu {

enum class CoreKind { regular, depthwise };

struct CoreShape {
    CoreKind kind = CoreKind::regular;
    int pes = 128;
    int width = 8;  // multipliers of a PE

    std::int64_t multipliers() const { return std::int64_t(pes) * width; }
    friend bool operator==(const CoreShape& a, const CoreShape& b) {
        return a.kind == b.kind && a.pes == b.pes && a.width == b.width;
    }
};

// "C(128,8)"
inline std::string to_string(const CoreShape& core) {
    return std::string(core.kind == CoreKind::regular ? "C(" : "P(") + std::to_string(core.pes) + "," +
           std::to_string(core.width) + ")";
}

}  // namespace nonzero::opu
