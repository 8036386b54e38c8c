#pragma once
// A thread of the simulation that drives machines through their hosts.

#include <systemc>

#include <exception>
#include <functional>

namespace nonzero {

class Script : public sc_core::sc_module {
  public:
    // `body` runs once. When all scripts have returned nothing is left to happen and sc_start() returns.
    Script(sc_core::sc_module_name name, std::function<void()> body);

    // After sc_start(): rethrows what escaped from the body.
    void check() const;

  private:
    void process();

    std::function<void()> body_;
    std::exception_ptr failure_;
};

}  // namespace nonzero
