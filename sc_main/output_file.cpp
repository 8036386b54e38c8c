#include "sc_main/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace fs = std::filesystem;

namespace {

constexpr int kMode = 0666;  // less the user's umask

[[noreturn]] void fail(const std::string& option, const fs::path& path, int error) {
    throw InputError(fmt::format("{}: cannot write {}: {}", option, quoted_name(path.string()), std::strerror(error)));
}

class File {
  public:
    // shown: the path in errors, where that is another one.
    File(const std::string& option, const fs::path& path, int flags, const fs::path& shown = {})
        : option_(option),
          path_(shown.empty() ? path : shown),
          descriptor_(::open(path.c_str(), flags | O_CLOEXEC, kMode)) {
        if (descriptor_ < 0) {
            fail(option_, path_, errno);
        }
    }
    ~File() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void write(const char* data, std::size_t bytes) {
        while (bytes > 0) {
            const ssize_t written = ::write(descriptor_, data, bytes);
            if (written < 0 && errno != EINTR) {
                fail(option_, path_, errno);
            }
            if (written > 0) {
                data += written;
                bytes -= std::size_t(written);
            }
        }
    }
    // EINVAL: what cannot be synchronised (a pipe, some devices) needs no synchronisation.
    void synchronise() {
        if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != EROFS) {
            fail(option_, path_, errno);
        }
    }
    void close() {
        const int descriptor = descriptor_;
        descriptor_ = -1;
        if (::close(descriptor) != 0) {
            fail(option_, path_, errno);
        }
    }

  private:
    std::string option_;
    fs::path path_;
    int descriptor_;
};

// Removed when it goes out of scope before keep().
class Scratch {
  public:
    explicit Scratch(const fs::path& path) : path_(path) {}
    ~Scratch() {
        if (!kept_) {
            ::unlink(path_.c_str());
        }
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    void keep() { kept_ = true; }

  private:
    fs::path path_;
    bool kept_ = false;
};

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void probe(const std::string& option, const fs::path& path, const fs::path& shown) {
    std::error_code error;
    const bool existed = fs::exists(fs::symlink_status(path, error));
    { const File file(option, path, O_WRONLY | O_CREAT | O_NONBLOCK, shown); }
    if (!existed) {
        ::unlink(path.c_str());
    }
}

// After the rename the folder's entry is to survive a crash too; not every file system knows how to.
void synchronise_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
}

}  // namespace

ReplacedFile::ReplacedFile(const std::string& option, const std::string& path) : option_(option), path_(path) {
    std::error_code error;
    const fs::file_status status = fs::status(path_, error);
    replaceable_ = !fs::exists(status) || fs::is_regular_file(status);
    if (fs::exists(status)) {
        check_writable(option, path_);
    }
    if (replaceable_) {
        const fs::path target =
            fs::weakly_canonical(path_, error);  // the temporary file belongs beside a link's target
        path_ = error ? path_ : target;
        temporary_ = folder_of(path_) / fmt::format(".{}.{}.tmp", path_.filename().string(), ::getpid());
        probe(option, temporary_, path);
    }
}

void ReplacedFile::write(const std::string& bytes) const {
    const std::lock_guard lock(writing());
    if (!replaceable_) {
        File file(option_, path_, O_WRONLY);
        file.write(bytes.data(), bytes.size());
        file.close();
        return;
    }
    Scratch scratch(temporary_);
    File file(option_, temporary_, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, path_);
    file.write(bytes.data(), bytes.size());
    file.synchronise();
    file.close();
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
        fail(option_, path_, errno);
    }
    scratch.keep();
    synchronise_folder(folder_of(path_));
}

std::mutex& ReplacedFile::writing() {
    static std::mutex mutex;
    return mutex;
}

void check_writable(const std::string& option, const fs::path& path) {
    probe(option, path, path);
}

void write_file(const std::string& option, const fs::path& path, const void* data, std::size_t bytes) {
    File file(option, path, O_WRONLY | O_CREAT | O_TRUNC);
    file.write(static_cast<const char*>(data), bytes);
    file.close();
}

}  // namespace nonzero
