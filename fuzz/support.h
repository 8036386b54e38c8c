#pragma once
// What the fuzz targets share. A target is LLVMFuzzerTestOneInput() of libFuzzer: it takes bytes and ends the process
// where a property does not hold, whereupon libFuzzer keeps the bytes.

#include <fuzzer/FuzzedDataProvider.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace nonzero::fuzz {

// Says which property does not hold, then ends the process.
void require(bool holds, std::string_view property);

// Calls what reads somebody's bytes. False where it refused them with an InputError, the one exception that it may
// throw, whose text is one line that a terminal can show. Everything else ends the process.
bool accepts(const std::function<void()>& read);

// Files for what reads files: a directory of this process, removed at its end.
class ScratchDirectory {
  public:
    ScratchDirectory();
    ~ScratchDirectory();
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;

    const std::string& path() const { return path_; }
    // Returns the file's path.
    std::string write(const std::string& name, std::string_view bytes) const;

  private:
    std::string path_;
};

// 0 .. 255 bytes, of which most are 0.
std::vector<std::int16_t> sparse_values(FuzzedDataProvider& data, std::size_t count);

// Changes some bytes, or the length.
void damage(FuzzedDataProvider& data, std::vector<std::uint8_t>& bytes);

}  // namespace nonzero::fuzz
