#pragma once
// Threads that share loops whose turns do not depend on each other. What comes out is the same for any number of
// threads: a turn reads what nobody writes and writes what nobody else touches. C++17-clean.

#include <cstddef>
#include <functional>
#include <memory>

namespace nonzero {

class ThreadPool {
  public:
    // How many work at once, the caller of for_each() among them, 1 or more. The others are started when there is first
    // something for them; where the host has not as many to give, fewer work.
    explicit ThreadPool(std::size_t threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    std::size_t threads() const;

    // turn(0) … turn(count - 1), in any order and several at once; returns when all are done. Of the turns that throw
    // the first one's exception is thrown here; turns behind it may then be missing. From any thread, also in a turn.
    void for_each(std::size_t count, const std::function<void(std::size_t)>& turn);

    // Something for a thread that has nothing else to do. Where there is none until it is waited for, who waits does
    // it.
    class Task {
      public:
        Task() = default;
        Task(Task&&) = default;
        Task& operator=(Task&& other) noexcept;
        // Ends it, if need be before its begin.
        ~Task() { end(); }
        // Throws what it has thrown. Once.
        void wait();

      private:
        friend class ThreadPool;
        void end();
        struct State;
        std::shared_ptr<State> state_;
    };
    Task start(std::function<void()> work);

    // The caller alone.
    static ThreadPool& none();

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonzero
