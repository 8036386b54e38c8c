#pragma once
// What a debug write may say of its data beyond the base protocol: they stay where they are and do not change while the
// owner is held. A memory that knows this extension refers to them in place of copying; any other ignores it.

#include <tlm>

#include <memory>

namespace nonzero {

struct SharedWrite : tlm::tlm_extension<SharedWrite> {
    std::shared_ptr<const void> owner;

    tlm::tlm_extension_base* clone() const override { return new SharedWrite(*this); }
    void copy_from(const tlm::tlm_extension_base& other) override {
        owner = static_cast<const SharedWrite&>(other).owner;
    }
};

}  // namespace nonzero
