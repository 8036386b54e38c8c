#pragma once
// The device under test as its vendor hands it over: four connections and some text. The glue makes it.

#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "tests/thirdparty/image.h"

namespace thirdparty {

class Accelerator {
  public:
    virtual ~Accelerator() = default;
    virtual tlm::tlm_target_socket<32>& csr() = 0;
    virtual tlm::tlm_initiator_socket<32>& dma() = 0;
    virtual sc_core::sc_out<bool>& irq() = 0;
    virtual sc_core::sc_in<bool>& reset() = 0;
    // Every internal counter; the same text means the same counts, whatever the instance is called.
    virtual std::string statistics() const = 0;
};

// Every kind that can be made, or the one that the environment variable NONZERO_PLATFORM names.
std::vector<std::string> accelerator_kinds();

// Inside the module that it becomes a part of. Later settings win.
std::unique_ptr<Accelerator> make_accelerator(const std::string& name, const std::string& kind,
                                              const Settings& settings);

// Lets the vendor's tool write the image of the bench's small layers, with further arguments of that tool, and reads
// it. Throws std::runtime_error with what the tool said when it fails.
Image pack(const std::string& kind, const std::string& arguments = {});

}  // namespace thirdparty
