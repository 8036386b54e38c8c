#pragma once
// Work of units that meet at a barrier. A message that tells a unit to compute carries it; the unit leaves its kernel
// there, plain C++ on data that no other unit touches, and the sender of the messages has all of them run, by as many
// threads as there are. Whatever else a unit does (transactions, counters, waves) it does in the simulation's own
// thread when it gets a message. Plain C++.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "workloads/thread_pool.h"

namespace nonzero {

class BarrierWork {
  public:
    explicit BarrierWork(ThreadPool& threads) : threads_(threads) {}
    BarrierWork(const BarrierWork&) = delete;
    BarrierWork& operator=(const BarrierWork&) = delete;

    std::size_t threads() const { return threads_.threads(); }

    // Kernels of one unit run one after another.
    void add(std::size_t unit, std::function<void()> kernel) {
        units_ = std::max(units_, unit + 1);
        work_.push_back({unit, std::move(kernel)});
    }

    // Everything that was added. Throws what the first kernel has thrown; what was added is forgotten.
    void run() {
        const std::vector<Work> work = std::move(work_);
        work_.clear();
        // Neighbours take turns at what they have in common, as it lies in the caches.
        const std::size_t neighbours = std::max<std::size_t>(1, units_ / kTurns);
        threads_.for_each((units_ + neighbours - 1) / neighbours, [&](std::size_t turn) {
            for (const Work& each : work) {
                if (each.unit / neighbours == turn) {
                    each.kernel();
                }
            }
        });
    }

  private:
    static constexpr std::size_t kTurns = 16;  // enough that threads end together

    struct Work {
        std::size_t unit;
        std::function<void()> kernel;
    };
    ThreadPool& threads_;
    std::size_t units_ = 0;
    std::vector<Work> work_;
};

// Where the sender collects no work, it is done at once.
template <class Kernel>
void do_at_barrier(BarrierWork* barrier, int unit, const Kernel& kernel) {
    if (barrier != nullptr) {
        barrier->add(std::size_t(unit), kernel);
    } else {
        kernel();
    }
}

}  // namespace nonzero
