#include "workloads/zero_tensor.h"

#include <sys/mman.h>

#include <memory>

namespace nonzero {

void prefer_large_pages(void* memory, std::size_t bytes) {
#ifdef MADV_HUGEPAGE
    constexpr std::size_t kLargePage = std::size_t{1} << 21;
    if (std::align(kLargePage, kLargePage, memory, bytes) != nullptr) {
        madvise(memory, bytes / kLargePage * kLargePage, MADV_HUGEPAGE);  // advice: what it returns is no news
    }
#else
    static_cast<void>(memory);
    static_cast<void>(bytes);
#endif
}

}  // namespace nonzero
