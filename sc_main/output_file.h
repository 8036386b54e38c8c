#pragma once
// Files that the command writes. Whether that will be possible is found out before the work, and a file that exists is
// replaced in one step or not at all.

#include <filesystem>
#include <mutex>
#include <string>

namespace nonzero {

// A file that is replaced as a whole: temporary file in the same folder, fsync, rename. What is no regular file (a
// pipe, a device) is written to directly, once, at the end. A symbolic link stays, its target is replaced.
class ReplacedFile {
  public:
    // `option` names the file in errors. Throws InputError when it cannot be written.
    ReplacedFile(const std::string& option, const std::string& path);

    bool replaceable() const { return replaceable_; }
    // Throws InputError; then the file is what it was before.
    void write(const std::string& bytes) const;

    // Held while a file is replaced: who ends the process from another thread takes it first.
    static std::mutex& writing();

  private:
    std::string option_;
    std::filesystem::path path_;
    std::filesystem::path temporary_;
    bool replaceable_ = true;
};

// Throws InputError when a file cannot be created or opened for writing; leaves everything as it is.
void check_writable(const std::string& option, const std::filesystem::path& path);

// Writes a new file, not atomically. Throws InputError.
void write_file(const std::string& option, const std::filesystem::path& path, const void* data, std::size_t bytes);

}  // namespace nonzero
