#!/usr/bin/env bash
# nlohmann-json 3.11.2 (Debian 3.11.2-2): json::parse(text, callback), the documented way to look at or drop values while
# a text is read.
#
# Expected: a callback that keeps everything costs a call for each event, so the time grows with the text as that of
# json::parse(text) does.
# Seen: the time grows with the square of the number of elements of one list or object, since the end of every child walks
# the whole parent for values to drop. Four times the elements take about sixteen times as long: a list of tens of
# thousands of layers or files takes seconds where parse() without a callback takes milliseconds. The same callback over
# json::sax_parse is linear.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq nlohmann-json3-dev=3.11.2-2 2>/dev/null
dpkg-deb --extract ./*.deb root

cat >parse.cpp <<'END'
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

using nlohmann::json;

static std::string list_of_objects(int elements) {
    std::string text = "[";
    for (int n = 0; n < elements; ++n) {
        text += n == 0 ? "{}" : ",{}";
    }
    return text + "]";
}

template <class Work>
static double seconds(const Work& work) {
    double best = 1e9;
    for (int repeat = 0; repeat < 3; ++repeat) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
        best = std::min(best, time.count());
    }
    return best;
}

int main() {
    const std::string small = list_of_objects(5000);
    const std::string large = list_of_objects(20000);
    const auto keep = [](int, json::parse_event_t, json&) { return true; };
    const auto plain = [](const std::string& text) { return seconds([&] { return json::parse(text); }); };
    const auto called = [&](const std::string& text) { return seconds([&] { return json::parse(text, keep); }); };
    const double growth = called(large) / called(small);
    const double apart = called(large) / plain(large);
    std::fprintf(stderr, "four times the elements take %.1f times as long with a callback, and %.0f times as long as without\n",
                 growth, apart);
    std::printf("growth with a callback: %s\n", growth > 10 ? "quadratic" : "better");
    std::printf("20,000 elements with a callback: %s\n", apart > 20 ? "over 20 times as long as without" : "nearer");
}
END
g++ -std=c++17 -O2 -Iroot/usr/include parse.cpp -o parse
./parse | tee seen

cat >expected <<'END'
growth with a callback: quadratic
20,000 elements with a callback: over 20 times as long as without
END
diff expected seen && echo "as described"
