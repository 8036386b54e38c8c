// Work that is collected up to a barrier.

#include "models/base/barrier_work.h"

#include <catch2/catch.hpp>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

using namespace nonzero;

TEST_CASE("kernels run at the barrier") {
    for (const std::size_t threads : {1U, 3U}) {
        ThreadPool pool(threads);
        BarrierWork barrier(pool);
        std::vector<int> expected(50);
        std::iota(expected.begin(), expected.end(), 0);
        for (int times = 0; times < 3; ++times) {
            std::vector<int> results(50, 0);
            for (int n = 0; n < 50; ++n) {
                do_at_barrier(&barrier, n, [&results, n] { results[std::size_t(n)] = n; });
            }
            CHECK(results == std::vector<int>(50, 0));
            barrier.run();
            CHECK(results == expected);
        }
        barrier.run();  // nothing is left
    }
}

TEST_CASE("where nobody collects, work is done at once") {
    int done = 0;
    do_at_barrier(nullptr, 7, [&] { done = 1; });
    CHECK(done == 1);
}

TEST_CASE("the first kernel that fails is heard, and what was added is forgotten") {
    ThreadPool pool(4);
    BarrierWork barrier(pool);
    for (int n = 0; n < 20; ++n) {
        barrier.add(std::size_t(n), [n] {
            if (n >= 5) {
                throw std::runtime_error(std::to_string(n));
            }
        });
    }
    CHECK_THROWS_WITH(barrier.run(), "5");
    barrier.run();
}

TEST_CASE("kernels of one unit follow each other") {
    ThreadPool pool(4);
    BarrierWork barrier(pool);
    CHECK(barrier.threads() == 4);
    std::vector<std::vector<int>> order(100);
    for (int n = 0; n < 20; ++n) {
        for (std::size_t unit = 0; unit < order.size(); ++unit) {
            barrier.add(unit, [&order, unit, n] { order[unit].push_back(n); });
        }
    }
    barrier.run();
    std::vector<int> expected(20);
    std::iota(expected.begin(), expected.end(), 0);
    CHECK(order == std::vector(100, expected));
}
