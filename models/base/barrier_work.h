#pragma once
// Work of units that meet at a barrier. A message that tells a unit to compute carries it; the unit leaves its kernel
// there, plain C++ on data that no other unit touches, and the sender of the messages has all of them run, by as many
// threads as there are. Whatever else a unit does (transactions, counters, waves) it does in the simulation's own
// thread: when it gets the message, or behind the kernels. Plain C++.

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "workloads/thread_pool.h"

namespace nonzero {

class BarrierWork {
  public:
    explicit BarrierWork(ThreadPool& threads) : threads_(threads) {}

    // `then` follows in the thread that calls run(), behind all kernels, in the order of add().
    void add(std::function<void()> kernel, std::function<void()> then = {}) {
        work_.push_back({std::move(kernel), std::move(then)});
    }

    // Everything that was added. Throws what the first kernel or `then` has thrown; what was added is forgotten.
    void run() {
        const std::vector<Unit> work = std::move(work_);
        work_.clear();
        threads_.for_each(work.size(), [&](std::size_t n) { work[n].kernel(); });
        for (const Unit& unit : work) {
            if (unit.then) {
                unit.then();
            }
        }
    }

  private:
    struct Unit {
        std::function<void()> kernel;
        std::function<void()> then;
    };
    ThreadPool& threads_;
    std::vector<Unit> work_;
};

// Where the sender collects no work, it is done at once.
inline void do_at_barrier(BarrierWork* barrier, std::function<void()> kernel, std::function<void()> then = {}) {
    if (barrier != nullptr) {
        barrier->add(std::move(kernel), std::move(then));
        return;
    }
    kernel();
    if (then) {
        then();
    }
}

}  // namespace nonzero
