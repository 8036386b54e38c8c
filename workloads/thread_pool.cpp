#include "workloads/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace nonzero {

struct ThreadPool::Implementation {
    // On the stack of the caller of for_each(), which leaves when nobody is at work with it any more.
    struct Loop {
        Loop(const std::function<void(std::size_t)>& turn_in, std::size_t count_in) : turn(turn_in), count(count_in) {}
        const std::function<void(std::size_t)>& turn;
        const std::size_t count;
        std::atomic<std::size_t> next = 0;
        // Under the mutex
        std::size_t helpers = 0;
        std::size_t failed = std::numeric_limits<std::size_t>::max();
        std::exception_ptr failure;  // of that turn
    };

    explicit Implementation(std::size_t threads_in) : threads(std::max<std::size_t>(1, threads_in)) {}

    // The caller helps by its own turns.
    void share(Loop& loop) {
        std::unique_lock lock(mutex);
        start_helpers();
        open.push_back(&loop);
        lock.unlock();
        changed.notify_all();
        work(loop);
        lock.lock();
        std::erase(open, &loop);
        changed.wait(lock, [&] { return loop.helpers == 0; });
    }

    // Turns are begun in order, so that those before one that fails are all begun, and the first failure of all is
    // among them whoever takes which turn.
    void work(Loop& loop) {
        while (true) {
            const std::size_t number = loop.next.fetch_add(1, std::memory_order_relaxed);
            if (number >= loop.count) {
                return;
            }
            try {
                loop.turn(number);
            } catch (...) {
                const std::lock_guard lock(mutex);
                loop.next.store(loop.count, std::memory_order_relaxed);
                if (number < loop.failed) {
                    loop.failed = number;
                    loop.failure = std::current_exception();
                }
            }
        }
    }

    void help() {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [this] { return ends || !open.empty(); });
            if (ends) {
                return;
            }
            Loop& loop = *open.front();
            ++loop.helpers;
            lock.unlock();
            work(loop);
            lock.lock();
            std::erase(open, &loop);
            if (--loop.helpers == 0) {
                changed.notify_all();
            }
        }
    }

    void start_helpers() {
        try {
            while (!started && helpers.size() + 1 < threads) {
                helpers.emplace_back([this] { help(); });
            }
        } catch (const std::system_error&) {  // the host has no more
        }
        started = true;
    }

    const std::size_t threads;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Loop*> open;  // with turns that nobody has begun
    bool started = false;
    bool ends = false;
    std::vector<std::thread> helpers;
};

ThreadPool::ThreadPool(std::size_t threads) : implementation_(std::make_unique<Implementation>(threads)) {}

ThreadPool::~ThreadPool() {
    {
        const std::lock_guard lock(implementation_->mutex);
        implementation_->ends = true;
    }
    implementation_->changed.notify_all();
    for (std::thread& helper : implementation_->helpers) {
        helper.join();
    }
}

std::size_t ThreadPool::threads() const {
    return implementation_->threads;
}

void ThreadPool::for_each(std::size_t count, const std::function<void(std::size_t)>& turn) {
    if (implementation_->threads == 1 || count < 2) {
        for (std::size_t number = 0; number < count; ++number) {
            turn(number);
        }
        return;
    }
    Implementation::Loop loop(turn, count);
    implementation_->share(loop);
    if (loop.failure) {
        std::rethrow_exception(loop.failure);
    }
}

ThreadPool& ThreadPool::none() {
    static ThreadPool caller(1);
    return caller;
}

std::size_t usable_cores() {
    cpu_set_t cores;
    if (::sched_getaffinity(0, sizeof cores, &cores) != 0) {
        return std::max(1U, std::thread::hardware_concurrency());  // more cores than the set has room for
    }
    return std::size_t(std::max(1, CPU_COUNT(&cores)));
}

}  // namespace nonzero
