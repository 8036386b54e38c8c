#pragma once
// Ctrl-C during a simulation. The simulation is stopped at its next step, so that waves and timeline end well; when
// that takes longer than a second (a large block is being computed), or at a second Ctrl-C, the process ends at once.
// Both ways the exit status is 130 and one line says so. Results of finished layers are files by then.

#include <systemc>

#include <semaphore.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace nonzero {

class Interrupt : public sc_core::sc_prim_channel {
  public:
    static constexpr int kExitStatus = 130;

    // message: what to tell; called from another thread than the simulation's. One object at a time; it handles SIGINT
    // as long as it lives.
    explicit Interrupt(std::function<std::string()> message);
    ~Interrupt() override;

    bool requested() const { return requested_; }
    std::string message() const { return message_(); }

  private:
    void update() override { sc_core::sc_stop(); }
    void watch();
    [[noreturn]] void end_process();

    std::function<std::string()> message_;
    std::atomic<bool> requested_ = false;
    std::atomic<bool> finished_ = false;
    std::thread watcher_;
};

}  // namespace nonzero
