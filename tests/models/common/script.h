#pragma once
// A script as the only process of a simulation.

#include <exception>
#include <functional>
#include <systemc>

namespace nonzero {

// Runs a script as a process of the simulation and passes on what it throws.
class Script : public sc_core::sc_module {
  public:
    SC_HAS_PROCESS(Script);
    Script(sc_core::sc_module_name name, std::function<void()> script) : sc_module(name), script_(std::move(script)) {
        SC_THREAD(run);
        set_stack_size(1 << 20);
    }
    static void simulate(std::function<void()> body) {
        Script script("script", std::move(body));
        sc_core::sc_start();
        if (script.failure_) {
            std::rethrow_exception(script.failure_);
        }
    }

  private:
    void run() {
        try {
            script_();
        } catch (const sc_core::sc_unwind_exception&) {
            throw;
        } catch (...) {
            failure_ = std::current_exception();
        }
    }
    std::function<void()> script_;
    std::exception_ptr failure_;
};

}  // namespace nonzero
