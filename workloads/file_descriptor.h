#pragma once
// A file descriptor that is closed when it goes, and how this program opens files: nothing waits for ever, whatever a
// name stands for.

#include <sys/stat.h>

#include <cstddef>
#include <string>
#include <utility>

namespace nonzero {

class FileDescriptor {
  public:
    FileDescriptor() = default;
    explicit FileDescriptor(int number) : number_(number) {}
    ~FileDescriptor() { close(); }
    FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }

    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }
    int release() { return std::exchange(number_, -1); }
    // errno of a failed close, else 0.
    int close();

  private:
    int number_ = -1;
};

bool is_same_file(const struct stat& a, const struct stat& b);

// Writes everything, also where the other side takes it in pieces. errno of the failure, else 0.
int write_whole(int descriptor, const void* data, std::size_t bytes);

// A file of the user for reading: a regular one, since a pipe or a device may never end. subject begins the messages:
// "network file 'a.json'"; advice ends those about a wrong name. Throws InputError or HostError.
FileDescriptor open_input(const std::string& path, const std::string& subject, const std::string& advice);

// Its bytes, at most kLargestText of them.
inline constexpr std::size_t kLargestText = std::size_t{64} << 20;
std::string read_input(const std::string& path, const std::string& subject, const std::string& advice);

// What exists for writing, as it is; a pipe needs a reader by now. Not open, and errno, when that fails.
FileDescriptor open_output(const std::string& path, int more_flags);

// A file that grows while it is written, as waves and timelines do: a regular one or a device, created or emptied.
// failure begins the messages: "cannot write 'a.vcd'". Throws InputError or HostError.
FileDescriptor open_stream(const std::string& path, const std::string& failure);
// Throws what open_stream() would, and leaves everything as it is.
void check_stream(const std::string& path, const std::string& failure);

}  // namespace nonzero
