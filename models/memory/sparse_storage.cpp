#include "models/memory/sparse_storage.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "models/memory/shared_write.h"

namespace nonzero {

unsigned char* SparseStorage::find(std::uint64_t index) const {
    if (last_page_ == nullptr || index != last_index_) {
        const auto found = pages_.find(index);
        last_page_ = found == pages_.end() ? nullptr : found->second.get();
        last_index_ = index;
    }
    return last_page_;
}

unsigned char* SparseStorage::page(std::uint64_t index) {
    if (find(index) == nullptr) {
        auto bytes = std::make_unique_for_overwrite<unsigned char[]>(page_bytes_);
        read_shared(index * page_bytes_, bytes.get(), page_bytes_);
        last_page_ = pages_.emplace(index, std::move(bytes)).first->second.get();
    }
    return last_page_;
}

void SparseStorage::read_shared(std::uint64_t offset, unsigned char* data, std::uint64_t length) const {
    while (length != 0) {
        // Reads come in runs: look at the last place first.
        auto at = last_shared_;
        if (at == shared_.end() || offset < at->first || offset - at->first >= at->second.size) {
            at = shared_.upper_bound(offset);
            const auto next = at;
            if (at != shared_.begin() && offset - std::prev(at)->first < std::prev(at)->second.size) {
                --at;
            } else {
                const std::uint64_t gap = next == shared_.end() ? length : std::min(length, next->first - offset);
                std::memset(data, 0, gap);
                offset += gap;
                data += gap;
                length -= gap;
                continue;
            }
            last_shared_ = at;
        }
        const std::uint64_t inside = offset - at->first;
        const std::uint64_t piece = std::min<std::uint64_t>(length, at->second.size - inside);
        std::memcpy(data, at->second.data + inside, piece);
        offset += piece;
        data += piece;
        length -= piece;
    }
}

void SparseStorage::cut_shared(std::uint64_t begin, std::uint64_t end) {
    auto at = shared_.lower_bound(begin);
    if (at != shared_.begin()) {
        --at;
    }
    while (at != shared_.end() && at->first < end) {
        const auto [first, bytes] = *at;
        const std::uint64_t last = first + bytes.size;
        if (last <= begin) {
            ++at;
            continue;
        }
        at = shared_.erase(at);
        if (first < begin) {
            shared_.emplace(first, SharedBytes{bytes.owner, bytes.data, begin - first});
        }
        if (last > end) {
            shared_.emplace(end, SharedBytes{bytes.owner, bytes.data + (end - first), last - end});
        }
    }
    last_shared_ = shared_.end();
}

void SparseStorage::share(std::uint64_t offset, const SharedBytes& bytes) {
    if (bytes.size == 0) {
        return;
    }
    const std::uint64_t end = offset + bytes.size;
    for (std::uint64_t index = offset / page_bytes_; index <= (end - 1) / page_bytes_; ++index) {
        const auto page = pages_.find(index);
        if (page == pages_.end()) {
            continue;
        }
        const std::uint64_t first = std::max(offset, index * page_bytes_);
        const std::uint64_t last = std::min(end, (index + 1) * page_bytes_);
        if (last - first == page_bytes_ && !granted_.contains(index)) {
            pages_.erase(page);
        } else {
            std::memcpy(page->second.get() + (first - index * page_bytes_), bytes.data + (first - offset),
                        last - first);
        }
    }
    last_page_ = nullptr;
    cut_shared(offset, end);
    shared_.emplace(offset, bytes);
}

void SparseStorage::read(std::uint64_t offset, unsigned char* data, std::uint64_t length) const {
    while (length != 0) {
        const std::uint64_t inside = offset % page_bytes_;
        const std::uint64_t piece = std::min(length, page_bytes_ - inside);
        if (const unsigned char* source = find(offset / page_bytes_)) {
            std::memcpy(data, source + inside, piece);
        } else {
            read_shared(offset, data, piece);
        }
        offset += piece;
        data += piece;
        length -= piece;
    }
}

void SparseStorage::write(std::uint64_t offset, const unsigned char* data, std::uint64_t length) {
    while (length != 0) {
        const std::uint64_t inside = offset % page_bytes_;
        const std::uint64_t piece = std::min(length, page_bytes_ - inside);
        std::memcpy(page(offset / page_bytes_) + inside, data, piece);
        offset += piece;
        data += piece;
        length -= piece;
    }
}

void SparseStorage::clear() {
    pages_.clear();
    granted_.clear();
    shared_.clear();
    last_shared_ = shared_.end();
    last_page_ = nullptr;
}

void SparseStorage::execute(tlm::tlm_generic_payload& payload, const AddressRange& range) {
    const std::uint64_t offset = payload.get_address() - range.base;
    const auto move = [this, &payload, offset](unsigned first, unsigned length) {
        if (payload.is_read()) {
            read(offset + first, payload.get_data_ptr() + first, length);
        } else {
            write(offset + first, payload.get_data_ptr() + first, length);
        }
    };
    const unsigned length = payload.get_data_length();
    const unsigned char* enables = payload.get_byte_enable_ptr();
    if (enables == nullptr) {
        move(0, length);
        return;
    }
    // The pattern repeats when it is shorter than the data.
    for (unsigned i = 0; i < length; ++i) {
        if (enables[i % payload.get_byte_enable_length()] == TLM_BYTE_ENABLED) {
            move(i, 1);
        }
    }
}

unsigned SparseStorage::debug(tlm::tlm_generic_payload& payload, const AddressRange& range) {
    const std::uint64_t address = payload.get_address();
    if (!range.contains(address, 1) || payload.get_data_ptr() == nullptr) {
        return 0;
    }
    const std::uint64_t offset = address - range.base;
    const std::uint64_t length = std::min<std::uint64_t>(payload.get_data_length(), range.size - offset);
    if (payload.is_read()) {
        read(offset, payload.get_data_ptr(), length);
    } else if (payload.is_write()) {
        if (const auto* const shared = payload.get_extension<SharedWrite>()) {
            share(offset, {shared->owner, payload.get_data_ptr(), length});
        } else {
            write(offset, payload.get_data_ptr(), length);
        }
    } else {
        return 0;
    }
    return static_cast<unsigned>(length);
}

bool SparseStorage::grant(const tlm::tlm_generic_payload& payload, const AddressRange& range,
                          const sc_core::sc_time& byte_latency, tlm::tlm_dmi& dmi) {
    const std::uint64_t address = payload.get_address();
    if (!range.contains(address, 1)) {
        const bool below = address < range.base;
        dmi.allow_none();
        dmi.set_start_address(below ? 0 : range.base + range.size);
        dmi.set_end_address(below ? range.base - 1 : ~std::uint64_t{0});
        return false;
    }
    const std::uint64_t index = (address - range.base) / page_bytes_;
    const std::uint64_t first = index * page_bytes_;
    granted_.insert(index);
    dmi.set_dmi_ptr(page(index));
    dmi.set_start_address(range.base + first);
    dmi.set_end_address(range.base + first + (std::min(page_bytes_, range.size - first) - 1));
    dmi.allow_read_write();
    dmi.set_read_latency(byte_latency);
    dmi.set_write_latency(byte_latency);
    return true;
}

}  // namespace nonzero
