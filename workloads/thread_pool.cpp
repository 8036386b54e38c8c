#include "workloads/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace nonzero {

namespace {

// Which of a pool's threads this is; whoever is none of them shares place 0.
thread_local std::size_t own_place = 0;

// Turns begin .. end - 1 that nobody has begun, taken at either end.
class Turns {
  public:
    void set(std::uint32_t begin, std::uint32_t end) { left_ = std::uint64_t{begin} << 32 | end; }
    std::optional<std::uint32_t> first() {
        return take([](std::uint32_t begin, std::uint32_t) { return begin; }, std::uint64_t{1} << 32);
    }
    std::optional<std::uint32_t> last() {
        return take([](std::uint32_t, std::uint32_t end) { return end - 1; }, ~std::uint64_t{0});
    }

  private:
    template <class Which>
    std::optional<std::uint32_t> take(const Which& which, std::uint64_t added) {
        std::uint64_t left = left_.load(std::memory_order_relaxed);
        while (true) {
            const auto begin = static_cast<std::uint32_t>(left >> 32);
            const auto end = static_cast<std::uint32_t>(left);
            if (begin == end) {
                return std::nullopt;
            }
            if (left_.compare_exchange_weak(left, left + added, std::memory_order_relaxed)) {
                return which(begin, end);
            }
        }
    }

    alignas(64) std::atomic<std::uint64_t> left_ = 0;
};

}  // namespace

struct ThreadPool::Implementation {
    // On the stack of the caller of for_each(), which leaves when nobody is at work with it any more. Every thread has
    // turns of its own, the same ones in every loop of that length, so that what they work on stays in its cache; who
    // has done his takes the last ones of others.
    struct Loop {
        Loop(const std::function<void(std::size_t)>& turn_in, std::size_t count, std::size_t threads)
            : turn(turn_in), turns(threads) {
            for (std::size_t place = 0; place < threads; ++place) {
                turns[place].set(std::uint32_t(place * count / threads), std::uint32_t((place + 1) * count / threads));
            }
        }
        std::optional<std::uint32_t> next() {
            const std::size_t own = own_place % turns.size();  // it may be one of another pool
            std::optional<std::uint32_t> taken = turns[own].first();
            for (std::size_t n = 1; !taken && n < turns.size(); ++n) {
                taken = turns[(own + n) % turns.size()].last();
            }
            return taken;
        }

        const std::function<void(std::size_t)>& turn;
        std::vector<Turns> turns;  // by place
        // Under the mutex
        std::size_t helpers = 0;
        std::uint32_t failed = std::numeric_limits<std::uint32_t>::max();
        std::exception_ptr failure;  // of that turn
    };

    explicit Implementation(std::size_t threads_in) : threads(std::max<std::size_t>(1, threads_in)) {}

    // All turns are taken, also behind one that fails: the first failure of all is heard, whoever takes which turn.
    void work(Loop& loop) {
        while (const std::optional<std::uint32_t> number = loop.next()) {
            try {
                loop.turn(*number);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (*number < loop.failed) {
                    loop.failed = *number;
                    loop.failure = std::current_exception();
                }
            }
        }
    }

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

    void help(std::unique_lock<std::mutex>& lock) {
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

    // A task that nobody has begun.
    void carry_out(const std::shared_ptr<Task::State>& task, std::unique_lock<std::mutex>& lock);

    // Somebody waits for a loop, for a task maybe later.
    void serve() {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [this] { return ends || !open.empty() || !tasks.empty(); });
            if (ends) {
                return;
            }
            if (!open.empty()) {
                help(lock);
            } else {
                carry_out(tasks.front(), lock);
            }
        }
    }

    void start_helpers() {
        try {
            while (!started && helpers.size() + 1 < threads) {
                helpers.emplace_back([this, place = helpers.size() + 1] {
                    own_place = place;
                    serve();
                });
            }
        } catch (const std::system_error&) {  // the host has no more
        }
        started = true;
    }

    const std::size_t threads;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Loop*> open;                          // with turns that nobody has begun
    std::vector<std::shared_ptr<Task::State>> tasks;  // that nobody has begun
    bool started = false;
    bool ends = false;
    std::vector<std::thread> helpers;
};

struct ThreadPool::Task::State {
    Implementation& pool;
    std::function<void()> work;
    // Under the mutex
    bool begun = false;
    bool done = false;
    std::exception_ptr failure;
};

void ThreadPool::Implementation::carry_out(const std::shared_ptr<Task::State>& task,
                                           std::unique_lock<std::mutex>& lock) {
    const std::shared_ptr<Task::State> begun = task;  // which may lie in what is erased
    std::erase(tasks, begun);
    begun->begun = true;
    lock.unlock();
    try {
        begun->work();
    } catch (...) {
        begun->failure = std::current_exception();
    }
    lock.lock();
    begun->done = true;
    changed.notify_all();
}

ThreadPool::Task& ThreadPool::Task::operator=(Task&& other) noexcept {
    end();
    state_ = std::move(other.state_);
    return *this;
}

void ThreadPool::Task::end() {
    if (state_) {
        std::unique_lock lock(state_->pool.mutex);
        std::erase(state_->pool.tasks, state_);
        state_->pool.changed.wait(lock, [this] { return !state_->begun || state_->done; });
    }
}

void ThreadPool::Task::wait() {
    const std::shared_ptr<State> state = state_;
    Implementation& pool = state->pool;
    std::unique_lock lock(pool.mutex);
    if (!state->begun) {
        pool.carry_out(state, lock);
    }
    while (!state->done) {
        pool.changed.wait(lock, [&] { return state->done || !pool.open.empty(); });
        if (!state->done) {
            pool.help(lock);
        }
    }
    state_.reset();
    if (state->failure) {
        std::rethrow_exception(state->failure);
    }
}

ThreadPool::Task ThreadPool::start(std::function<void()> work) {
    Implementation& pool = *implementation_;
    Task task;
    task.state_ = std::make_shared<Task::State>(Task::State{pool, std::move(work), false, false, {}});
    if (pool.threads > 1) {
        {
            const std::lock_guard lock(pool.mutex);
            pool.start_helpers();
            pool.tasks.push_back(task.state_);
        }
        pool.changed.notify_all();
    }
    return task;
}

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
    Implementation::Loop loop(turn, count, implementation_->threads);
    implementation_->share(loop);
    if (loop.failure) {
        std::rethrow_exception(loop.failure);
    }
}

ThreadPool& ThreadPool::none() {
    static ThreadPool caller(1);
    return caller;
}

}  // namespace nonzero
