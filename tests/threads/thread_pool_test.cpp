// The pool of threads: every turn once, failures in their order, loops in loops, several callers.

#include "workloads/thread_pool.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace nonzero;

namespace {

std::size_t threads_of_process() {
    const auto all = std::filesystem::directory_iterator("/proc/self/task");
    return std::size_t(std::distance(begin(all), end(all)));
}

// Work that takes some turns longer than others.
std::uint64_t work_of(std::size_t number) {
    std::uint64_t value = number;
    for (std::size_t n = 0; n < (number % 7) * 100; ++n) {
        value = value * 6364136223846793005U + 1442695040888963407U;
    }
    return value;
}

std::vector<std::uint64_t> results_of(ThreadPool& pool, std::size_t count) {
    std::vector<std::uint64_t> results(count);
    pool.for_each(count, [&](std::size_t n) { results[n] += work_of(n); });
    return results;
}

// What a loop throws whose turns fail where `fails` says so, and which of those before that have been done.
std::string failure_of(ThreadPool& pool, std::size_t count, const std::function<bool(std::size_t)>& fails,
                       std::vector<char>& done) {
    done.assign(count, 0);
    try {
        pool.for_each(count, [&](std::size_t n) {
            work_of(n);
            if (fails(n)) {
                throw std::runtime_error(std::to_string(n));
            }
            done[n] = 1;
        });
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("every turn is taken once, by any number of threads") {
    for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
        ThreadPool pool(threads);
        CHECK(pool.threads() == threads);
        for (const std::size_t count : {0U, 1U, 2U, 7U, 1000U}) {
            std::vector<std::uint64_t> expected(count);
            for (std::size_t n = 0; n < count; ++n) {
                expected[n] = work_of(n);
            }
            for (int times = 0; times < 20; ++times) {
                CHECK(results_of(pool, count) == expected);
            }
        }
    }
}

TEST_CASE("of several turns that fail the first one is heard") {
    std::vector<char> done;
    for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
        ThreadPool pool(threads);
        for (int times = 0; times < 50; ++times) {
            CHECK(failure_of(
                      pool, 200, [](std::size_t n) { return n % 50 == 49; }, done) == "49");
            CHECK(std::accumulate(done.begin(), done.begin() + 49, 0) == 49);
            CHECK(failure_of(
                      pool, 200, [](std::size_t) { return true; }, done) == "0");
            CHECK(failure_of(
                      pool, 200, [](std::size_t n) { return n == 199; }, done) == "199");
        }
        // And the pool goes on.
        CHECK(failure_of(
                  pool, 200, [](std::size_t) { return false; }, done) == "none");
        CHECK(std::accumulate(done.begin(), done.end(), 0) == 200);
    }
}

TEST_CASE("a turn may have a loop of its own") {
    for (const std::size_t threads : {1U, 2U, 8U}) {
        ThreadPool pool(threads);
        std::vector<std::vector<std::uint64_t>> results(13);
        pool.for_each(results.size(), [&](std::size_t n) { results[n] = results_of(pool, n * 10); });
        for (std::size_t n = 0; n < results.size(); ++n) {
            CHECK(results[n] == results_of(ThreadPool::none(), n * 10));
        }
    }
}

TEST_CASE("several threads share one pool") {
    ThreadPool pool(3);
    std::vector<std::vector<std::uint64_t>> results(4);
    std::vector<std::thread> callers;
    for (auto& result : results) {
        callers.emplace_back([&] {
            for (int times = 0; times < 50; ++times) {
                result = results_of(pool, 100);
            }
        });
    }
    for (std::thread& caller : callers) {
        caller.join();
    }
    for (const auto& result : results) {
        CHECK(result == results_of(ThreadPool::none(), 100));
    }
}

TEST_CASE("threads work at once, and are started when there is work for them") {
    std::thread([] {}).join();  // with the first one the thread sanitizer starts one of its own
    const std::size_t before = threads_of_process();
    ThreadPool pool(3);
    pool.for_each(1, [](std::size_t) {});
    CHECK(threads_of_process() == before);
    std::atomic<int> there = 0;
    pool.for_each(3, [&](std::size_t) {
        ++there;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (there < 3 && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::yield();
        }
    });
    CHECK(there == 3);
    CHECK(threads_of_process() == before + 2);
}

TEST_CASE("a task is done once, by whoever comes first") {
    for (const std::size_t threads : {1U, 2U, 4U}) {
        ThreadPool pool(threads);
        for (int times = 0; times < 50; ++times) {
            std::vector<std::uint64_t> ahead;
            ThreadPool::Task task = pool.start([&] { ahead = results_of(pool, 300); });
            const std::vector<std::uint64_t> meanwhile = results_of(pool, 200);
            task.wait();
            CHECK(ahead == results_of(ThreadPool::none(), 300));
            CHECK(meanwhile == results_of(ThreadPool::none(), 200));
        }
    }
}

TEST_CASE("a task that nobody waits for ends before its handle") {
    for (const std::size_t threads : {1U, 2U}) {
        ThreadPool pool(threads);
        for (int times = 0; times < 50; ++times) {
            auto value = std::make_unique<std::uint64_t>(0);
            ThreadPool::Task first = pool.start([&] { *value += work_of(6); });
            ThreadPool::Task second = pool.start([&] { *value += work_of(6); });
            second = ThreadPool::Task();
            first = ThreadPool::Task();
            value.reset();
        }
    }
    CHECK(true);
}

TEST_CASE("who waits for a task hears its failure") {
    for (const std::size_t threads : {1U, 2U}) {
        ThreadPool pool(threads);
        for (int times = 0; times < 20; ++times) {
            ThreadPool::Task task = pool.start([] { throw std::runtime_error("late"); });
            CHECK_THROWS_WITH(task.wait(), "late");
        }
    }
}
