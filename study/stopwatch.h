#pragma once
// Host time of a piece of work.

#include <chrono>
#include <ctime>

namespace nonzero {

class Stopwatch {
  public:
    double wall() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_begin_).count();
    }
    double cpu() const { return cpu_now() - cpu_begin_; }

  private:
    static double cpu_now() {
        timespec time{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
    }
    std::chrono::steady_clock::time_point wall_begin_ = std::chrono::steady_clock::now();
    double cpu_begin_ = cpu_now();
};

}  // namespace nonzero
