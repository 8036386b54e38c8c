#pragma once

#include <cstddef>
#include <string>

namespace nonzero {

// One line about the layer at work, on a terminal only; taken away before anything else is printed.
class Progress {
  public:
    Progress();
    void show(std::size_t number, std::size_t of, const std::string& name) const;
    void clear() const;

  private:
    bool terminal_;
};

}  // namespace nonzero
