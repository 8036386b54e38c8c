#pragma once
// Files that the command writes whole. Whether that will be possible is found out before the work, and a file that
// exists is replaced in one step or not at all.

#include <filesystem>
#include <mutex>
#include <string>

#include "workloads/file_descriptor.h"

namespace nonzero {

// A file that is replaced as a whole: temporary file in the same folder, fsync where links are followed (a pack of many
// files is as quickly made again), rename. The temporary file has a name
// that nobody can guess, is never opened through a link, and is locked while its run lives: what a killed run has left
// is removed by the next that writes the same file. What is no regular file (a pipe, a device, the file that standard
// output goes to) is opened at once and written to once, at the end; a pipe needs a reader by then.
class ReplacedFile {
  public:
    // What a symbolic link in the file's place means: the target is meant, the link stays; or the link is replaced, so
    // that nothing outside the folder changes.
    enum class Link { followed, replaced };

    // `option` names the file in errors. Throws InputError, or HostError, when it cannot be written.
    ReplacedFile(std::string option, const std::string& path, Link link = Link::followed);

    bool replaceable() const { return !direct_.is_open(); }
    // Throws as the constructor does; then the file is what it was before.
    void write(const void* data, std::size_t bytes) const;
    void write(const std::string& text) const { write(text.data(), text.size()); }

    // Held while a file is replaced: who ends the process from another thread takes it first.
    static std::mutex& writing();

  private:
    class Temporary;

    void find_folder(const std::filesystem::path& file, Link link);
    void remove_leftovers() const;
    [[noreturn]] void fail(int error) const;

    std::string option_;
    std::string path_;       // as it was given
    FileDescriptor direct_;  // of what cannot be replaced
    FileDescriptor folder_;
    bool synchronised_;  // with the disk
    std::string name_;   // in the folder
    unsigned mode_ = 0;  // permissions of the file that is replaced; 0: there is none
};

// Creates a folder and those above it. Throws as ReplacedFile does.
void create_folder(const std::string& option, const std::filesystem::path& folder);

}  // namespace nonzero
