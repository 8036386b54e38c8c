#include "fuzz/support.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>

#include "workloads/error.h"

extern "C" int sc_main(int argc, char* argv[]);

namespace nonzero::fuzz {

namespace {

// Whatever the names in it, a message is something to read.
constexpr std::size_t kLongestMessage = 4000;

void check_message(std::string_view message) {
    const bool shown = std::none_of(message.begin(), message.end(), [](char character) {
        const auto code = static_cast<unsigned char>(character);
        return code < 0x20 || code == 0x7F;
    });
    if (message.empty() || message.size() > kLongestMessage || !shown) {
        std::fprintf(stderr, "message: \"%.*s\"\n", int(std::min(message.size(), kLongestMessage)), message.data());
    }
    require(!message.empty(), "a message says something");
    require(message.size() <= kLongestMessage, "a message is short enough to read");
    require(shown, "a message is one line without control characters");
}

}  // namespace

void require(bool holds, std::string_view property) {
    if (!holds) {
        std::fprintf(stderr, "property does not hold: %.*s\n", int(property.size()), property.data());
        std::abort();
    }
}

bool accepts(const std::function<void()>& read) {
    try {
        read();
        return true;
    } catch (const InputError& error) {
        check_message(error.what());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "exception: %s\n", error.what());
        require(false, "InputError is the one exception of bad input");
    }
    return false;
}

ScratchDirectory::ScratchDirectory()
    : path_((std::filesystem::temp_directory_path() / ("nonzero_fuzz_" + std::to_string(getpid()))).string()) {
    std::filesystem::create_directories(path_);
}

ScratchDirectory::~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string ScratchDirectory::write(const std::string& name, std::string_view bytes) const {
    std::string file = path_ + "/" + name;
    std::ofstream stream(file, std::ios::binary);
    stream.write(bytes.data(), std::streamsize(bytes.size()));
    require(bool(stream.flush()), "scratch files can be written");
    return file;
}

std::vector<std::int16_t> sparse_values(FuzzedDataProvider& data, std::size_t count) {
    std::vector<std::int16_t> values(count);
    const std::vector<std::uint8_t> bytes = data.ConsumeBytes<std::uint8_t>(count);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        // Half of the bytes mean 0; the others spread over the whole range.
        const int value = bytes[n] < 128 ? 0 : (bytes[n] - 128) * 517 - 32768;
        values[n] = std::int16_t(value);
    }
    return values;
}

void damage(FuzzedDataProvider& data, std::vector<std::uint8_t>& bytes) {
    const int changes = data.ConsumeIntegralInRange(1, 4);
    for (int n = 0; n < changes && !bytes.empty(); ++n) {
        const auto place = data.ConsumeIntegralInRange<std::size_t>(0, bytes.size() - 1);
        switch (data.ConsumeIntegralInRange(0, 4)) {
            case 0:
                bytes[place] = std::uint8_t(bytes[place] ^ (1U << data.ConsumeIntegralInRange(0, 7)));
                break;
            case 1:
                bytes[place] = data.ConsumeIntegral<std::uint8_t>();
                break;
            case 2:  // a word, such as a count or an offset
                for (std::size_t at = place / 4 * 4; at < std::min(bytes.size(), place / 4 * 4 + 4); ++at) {
                    bytes[at] = data.ConsumeIntegral<std::uint8_t>();
                }
                break;
            case 3:
                bytes.resize(place);
                break;
            default:
                bytes.insert(bytes.begin() + std::ptrdiff_t(place), data.ConsumeIntegral<std::uint8_t>());
                break;
        }
    }
}

}  // namespace nonzero::fuzz

// Of the main() in SystemC's library, which libFuzzer's own takes the place of.
int sc_main(int, char*[]) {
    return 1;
}
