#include "sc_main/output_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <random>
#include <system_error>

#include "workloads/error.h"
#include "workloads/host_error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace fs = std::filesystem;

namespace {

constexpr unsigned kPermissions = 0777;
constexpr mode_t kNewFile = 0666;  // less the user's umask
constexpr std::size_t kRandomDigits = 16;

// Names of temporary files are this and random digits; a part of the name leaves room for them.
std::string temporary_prefix(const std::string& name) {
    constexpr std::size_t kLongest = 200;
    return fmt::format(".{}.nonzero-", name.substr(0, kLongest));
}

std::string random_digits() {
    std::random_device device;
    return fmt::format("{:08x}{:08x}", device(), device());
}

// The lock ends with the process that holds it. Where a file system has no locks, nothing is taken for left over.
bool lock(int descriptor) {
    return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
}

bool is_own_regular_file(const struct stat& status) {
    return S_ISREG(status.st_mode) && status.st_uid == ::geteuid();
}

}  // namespace

// The new file before it has its name; removed when it goes before that.
class ReplacedFile::Temporary {
  public:
    explicit Temporary(const ReplacedFile& file) : file_(file), folder_(file.folder_.number()) {
        for (int tries = 0; !descriptor_.is_open(); ++tries) {
            constexpr int kMostTries = 100;
            name_ = temporary_prefix(file.name_) + random_digits();
            descriptor_ = FileDescriptor(
                ::openat(folder_, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kNewFile));
            if (!descriptor_.is_open() && (errno != EEXIST || tries == kMostTries)) {
                file.fail(errno);
            }
            if (descriptor_.is_open() && !is_ours()) {
                descriptor_ = {};
            }
        }
        if (file.mode_ != 0) {
            ::fchmod(descriptor_.number(), file.mode_);
        }
    }
    ~Temporary() {
        if (!kept_) {
            ::unlinkat(folder_, name_.c_str(), 0);
        }
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;

    void write(const void* data, std::size_t bytes) { check(write_whole(descriptor_.number(), data, bytes)); }
    // In the place of the old file.
    void keep() {
        if (file_.synchronised_) {
            check(::fsync(descriptor_.number()) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno);
        }
        check(::renameat(folder_, name_.c_str(), folder_, file_.name_.c_str()) == 0 ? 0 : errno);
        kept_ = true;
        check(descriptor_.close());
        if (file_.synchronised_) {
            ::fsync(folder_);  // not every file system knows how to
        }
    }

  private:
    // Not when another run has just taken it for left over.
    bool is_ours() const {
        struct stat status {};
        const bool taken = !lock(descriptor_.number()) && errno == EWOULDBLOCK;
        return !taken && ::fstat(descriptor_.number(), &status) == 0 && status.st_nlink > 0;
    }
    void check(int error) const {
        if (error != 0) {
            file_.fail(error);
        }
    }

    const ReplacedFile& file_;
    int folder_;
    std::string name_;
    FileDescriptor descriptor_;
    bool kept_ = false;
};

ReplacedFile::ReplacedFile(std::string option, const std::string& path, Link link)
    : option_(std::move(option)), path_(path), synchronised_(link == Link::followed) {
    struct stat status {};
    struct stat output {};
    const bool exists = (link == Link::followed ? ::stat : ::lstat)(path.c_str(), &status) == 0;
    if ((exists && S_ISDIR(status.st_mode)) || (!exists && errno != ENOENT)) {
        fail(exists ? EISDIR : errno);
    }
    if (exists && link == Link::followed) {
        const bool is_output = ::fstat(STDOUT_FILENO, &output) == 0 && is_same_file(status, output);
        if (is_output || !S_ISREG(status.st_mode)) {
            direct_ = is_output ? FileDescriptor(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)) : open_output(path, 0);
            if (!direct_.is_open()) {
                fail(errno);
            }
            return;
        }
        if (!open_output(path, 0).is_open()) {
            fail(errno);
        }
        mode_ = status.st_mode & kPermissions;
    }
    find_folder(path, link);
    remove_leftovers();
    const Temporary probe(*this);
}

// The temporary file belongs beside a link's target.
void ReplacedFile::find_folder(const fs::path& file, Link link) {
    std::error_code error;
    const fs::path target = link == Link::followed ? fs::weakly_canonical(file, error) : file;
    const fs::path& whole = error || target.empty() ? file : target;
    const fs::path folder = whole.has_parent_path() ? whole.parent_path() : fs::path(".");
    const int follow = link == Link::followed ? 0 : O_NOFOLLOW;
    name_ = whole.filename().string();
    folder_ = FileDescriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | follow));
    if (!folder_.is_open()) {
        fail(errno);
    }
}

void ReplacedFile::remove_leftovers() const {
    FileDescriptor again(::openat(folder_.number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(again.is_open() ? ::fdopendir(again.number()) : nullptr,
                                                      ::closedir);
    if (!entries) {
        return;
    }
    again.release();
    const std::string prefix = temporary_prefix(name_);
    while (const dirent* entry = ::readdir(entries.get())) {
        const std::string name = entry->d_name;
        if (!name.starts_with(prefix) || name.size() != prefix.size() + kRandomDigits) {
            continue;
        }
        const FileDescriptor file(
            ::openat(folder_.number(), name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        struct stat status {};
        if (file.is_open() && ::fstat(file.number(), &status) == 0 && is_own_regular_file(status) &&
            lock(file.number())) {
            ::unlinkat(folder_.number(), name.c_str(), 0);
        }
    }
}

void ReplacedFile::write(const void* data, std::size_t bytes) const {
    const std::lock_guard lock(writing());
    if (direct_.is_open()) {
        if (const int error = write_whole(direct_.number(), data, bytes); error != 0) {
            fail(error);
        }
        return;
    }
    Temporary file(*this);
    file.write(data, bytes);
    file.keep();
}

void ReplacedFile::fail(int error) const {
    const std::string text = fmt::format("{}: cannot write {}", option_, quoted_name(path_));
    if (error == ENXIO) {
        throw InputError(text + ": nobody reads this pipe; start its reader first");
    }
    throw_system_failure(text, error);
}

std::mutex& ReplacedFile::writing() {
    static std::mutex mutex;
    return mutex;
}

void create_folder(const std::string& option, const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        throw_system_failure(fmt::format("{}: cannot create folder {}", option, quoted_name(folder.string())),
                             error.value());
    }
}

}  // namespace nonzero
