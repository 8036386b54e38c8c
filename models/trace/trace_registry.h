#pragma once
// The trace files that this process is writing. No two players write one file, and what is still open when the program
// ends by exit() is completed then, so that no file stays half written because nobody destroyed its platform.

#include <functional>
#include <string>
#include <vector>

namespace nonzero {

class TraceRegistration {
  public:
    // owner: the platform's name, for messages. Throws InputError when a file is written by another registration, or
    // named twice. complete: called at the end of the program unless the registration is gone by then.
    TraceRegistration(const std::string& owner, const std::vector<std::string>& files, std::function<void()> complete);
    ~TraceRegistration();
    TraceRegistration(const TraceRegistration&) = delete;
    TraceRegistration& operator=(const TraceRegistration&) = delete;
};

}  // namespace nonzero
