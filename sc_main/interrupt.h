#pragma once
// Ctrl-C during a run. The run is asked to stop, so that waves and timeline end well; when that takes longer than a
// second (a large block is being computed), or at a second Ctrl-C, the process ends at once. Both ways the exit status
// is 130 and one line says so. Results of finished layers are files by then.

#include <semaphore.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace nonzero {

class Interrupt {
  public:
    static constexpr int kExitStatus = 130;

    // stop: asks the run to end. message: what to tell. Both are called from another thread than the run's. One object
    // at a time; it handles SIGINT as long as it lives.
    Interrupt(std::function<void()> stop, std::function<std::string()> message);
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

  private:
    void watch();
    [[noreturn]] void end_process();

    std::function<void()> stop_;
    std::function<std::string()> message_;
    std::atomic<bool> finished_ = false;
    std::thread watcher_;
};

}  // namespace nonzero
