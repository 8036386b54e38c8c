#include "models/pe_array/group_fetch.h"

namespace nonzero::pe_array {

void GroupFetch::read_all() {
    all_read_ = true;
    whole_ = whole();
    all_.resize(whole_.size);
    if (!all_.empty()) {
        context_.read(whole_.address, all_.data(), all_.size());
    }
}

void GroupFetch::start(std::size_t group) {
    if (!all_read_ && group < groups_.size()) {
        ahead_.start(group, groups_[group]);
        start_more(group);
    }
}

void GroupFetch::wait(std::size_t group) {
    if (!all_read_) {
        there_[group % 2] = ahead_.wait(group);
        wait_more(group);
    }
}

std::span<const std::uint8_t> GroupFetch::bytes_of(std::size_t group) const {
    if (!all_read_) {
        return there_[group % 2];
    }
    const nz_region& region = groups_[group];
    return region.size == 0 ? std::span<const std::uint8_t>()
                            : std::span(all_).subspan(region.address - whole_.address, region.size);
}

}  // namespace nonzero::pe_array
