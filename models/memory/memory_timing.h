#pragma once
// memory.timing of a platform: whether waiting for operands costs layer cycles, or memory answers at once.

namespace nonzero {

enum class MemoryTiming { ideal, modelled };

}  // namespace nonzero
