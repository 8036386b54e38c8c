#include "models/engine/job_fetch.h"

namespace nonzero {

void JobFetch::read_all() {
    all_read_ = true;
    whole_ = whole();
    if (whole_.size == 0) {
        return;
    }
    if (DmaSink* const taker = sink()) {
        context_.read(whole_.address, *taker, whole_.size);
    } else {
        all_.resize(whole_.size);
        context_.read(whole_.address, all_.data(), all_.size());
    }
}

void JobFetch::start(std::size_t job) {
    if (!all_read_ && job < regions_.size()) {
        ahead_.start(job, regions_[job]);
        start_more(job);
    }
}

void JobFetch::wait(std::size_t job) {
    if (!all_read_) {
        there_[job % 2] = ahead_.wait(job);
        wait_more(job);
    }
}

std::span<const std::uint8_t> JobFetch::bytes_of(std::size_t job) const {
    if (!all_read_) {
        return there_[job % 2];
    }
    const nz_region& region = regions_[job];
    return region.size == 0 ? std::span<const std::uint8_t>()
                            : std::span(all_).subspan(region.address - whole_.address, region.size);
}

}  // namespace nonzero
