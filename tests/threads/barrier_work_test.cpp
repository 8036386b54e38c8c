// Work that is collected up to a barrier.

#include "models/base/barrier_work.h"

#include <catch2/catch.hpp>
#include <numeric>
#include <stdexcept>
#include <thread>

using namespace nonzero;

TEST_CASE("kernels run at the barrier, and what follows in the order in which they came") {
    for (const std::size_t threads : {1U, 3U}) {
        ThreadPool pool(threads);
        BarrierWork barrier(pool);
        for (int times = 0; times < 3; ++times) {
            std::vector<int> results(50, 0);
            std::vector<int> order;
            const auto caller = std::this_thread::get_id();
            for (int n = 0; n < 50; ++n) {
                do_at_barrier(
                    &barrier, n, [&results, n] { results[std::size_t(n)] = n; },
                    [&, n] {
                        CHECK(std::this_thread::get_id() == caller);
                        order.push_back(results[std::size_t(n)]);
                    });
            }
            do_at_barrier(&barrier, 3, [] {});
            CHECK(order.empty());
            CHECK(results == std::vector<int>(50, 0));
            barrier.run();
            std::iota(results.begin(), results.end(), 0);
            CHECK(order == results);
        }
        barrier.run();  // nothing is left
    }
}

TEST_CASE("where nobody collects, work is done at once") {
    int done = 0;
    do_at_barrier(
        nullptr, 7, [&] { done = 1; }, [&] { done *= 10; });
    CHECK(done == 10);
}

TEST_CASE("the first kernel that fails is heard, and nothing follows") {
    ThreadPool pool(4);
    BarrierWork barrier(pool);
    int followed = 0;
    for (int n = 0; n < 20; ++n) {
        barrier.add(
            std::size_t(n),
            [n] {
                if (n >= 5) {
                    throw std::runtime_error(std::to_string(n));
                }
            },
            [&] { ++followed; });
    }
    CHECK_THROWS_WITH(barrier.run(), "5");
    CHECK(followed == 0);
    barrier.run();  // forgotten
    CHECK(followed == 0);
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
