#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace nonzero {

// Modules, or what holds them, that stay where they were made. The last one made goes first: SystemC's registries look
// for what goes from their ends, and thousands of modules would take seconds the other way round.
template <class Module>
class ModuleList {
  public:
    ModuleList() = default;
    ~ModuleList() {
        while (!modules_.empty()) {
            modules_.pop_back();
        }
    }
    ModuleList(const ModuleList&) = delete;
    ModuleList& operator=(const ModuleList&) = delete;

    template <class... Arguments>
    Module& add(Arguments&&... arguments) {
        modules_.push_back(std::make_unique<Module>(std::forward<Arguments>(arguments)...));
        return *modules_.back();
    }
    std::size_t size() const { return modules_.size(); }
    Module& operator[](std::size_t n) const { return *modules_[n]; }

  private:
    std::vector<std::unique_ptr<Module>> modules_;
};

}  // namespace nonzero
