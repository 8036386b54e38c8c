#include "platforms/script.h"

namespace nonzero {

Script::Script(sc_core::sc_module_name name, std::function<void()> body) : sc_module(name), body_(std::move(body)) {
    SC_HAS_PROCESS(Script);
    SC_THREAD(process);
    // Bodies lower layers, format text and write files.
    set_stack_size(4 << 20);
}

void Script::process() {
    try {
        body_();
    } catch (const sc_core::sc_unwind_exception&) {
        throw;
    } catch (...) {
        failure_ = std::current_exception();
    }
}

void Script::check() const {
    if (failure_) {
        std::rethrow_exception(failure_);
    }
}

}  // namespace nonzero
