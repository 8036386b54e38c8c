#pragma once
// The file of --json, rewritten as layers finish, and the file of host times beside it.

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sc_main/output_file.h"

namespace nonzero {

// Of a file that is written anew after every layer: of many layers, writes are left out until these have grown by a
// part, so that the time of all writes stays in proportion to the layers.
class WriteRhythm {
  public:
    // Of so many layers a file is to be written, and will be.
    bool due(std::size_t layers);
    bool behind(std::size_t layers) const { return layers > written_; }
    void written(std::size_t layers) { written_ = layers; }

  private:
    std::size_t written_ = 0;
};

class ResultsFile {
  public:
    using Json = std::function<nlohmann::ordered_json(bool complete)>;

    // results: of the layers so far. host_times: the same; null for a file without a second one beside it. Throws
    // InputError or HostError when they cannot be written; so do the others.
    ResultsFile(const std::string& path, Json results, Json host_times);
    // After every layer, where a write is due.
    void write(std::size_t layers, bool complete);
    // What was left out, of a run that ends early.
    void write_rest(std::size_t layers);
    // After everything else: what is no regular file gets the results once, behind the text where both go to one place.
    void finish() const;

  private:
    void write_now(bool complete) const;

    Json json_;
    Json host_times_json_;
    WriteRhythm rhythm_;
    ReplacedFile results_;
    std::unique_ptr<ReplacedFile> host_times_;  // beside a regular file only
};

// "out.json" -> "out.host.json"
std::string host_times_path(const std::string& path);

}  // namespace nonzero
