#pragma once
// Bytes of a memory, allocated page by page when they are first written; what was never written reads 0. Bytes that are
// shared (shared_write.h) are not copied before somebody writes into their page. Plain storage, no time. What the two
// memories share of the base protocol's untimed half is here as well.

#include <systemc>
#include <tlm>

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "models/base/payload_check.h"
#include "models/base/shared_bytes.h"

namespace nonzero {

inline constexpr unsigned kSocketWordBytes = 4;  // of the sockets of memories

class SparseStorage {
  public:
    explicit SparseStorage(std::uint64_t page_bytes) : page_bytes_(page_bytes) {}

    // Offsets begin at 0; the caller has checked them.
    void read(std::uint64_t offset, unsigned char* data, std::uint64_t length) const;
    void write(std::uint64_t offset, const unsigned char* data, std::uint64_t length);
    // A write that refers to the bytes.
    void share(std::uint64_t offset, const SharedBytes& bytes);
    void clear();
    std::uint64_t allocated_bytes() const { return pages_.size() * page_bytes_; }

    // Carries out a checked read or write (payload_check.h) with its byte enables.
    void execute(tlm::tlm_generic_payload& payload, const AddressRange& range);
    // transport_dbg: returns the bytes moved, which end with the range; 0 outside. Byte enables play no part. A write
    // that is a SharedWrite too is shared.
    unsigned debug(tlm::tlm_generic_payload& payload, const AddressRange& range);
    // get_direct_mem_ptr: the page that holds the address, allocated if need be, for reading and writing; it stays
    // where it is until clear(). Outside the range: refused for the whole region on that side.
    bool grant(const tlm::tlm_generic_payload& payload, const AddressRange& range, const sc_core::sc_time& byte_latency,
               tlm::tlm_dmi& dmi);

  private:
    using Shared = std::map<std::uint64_t, SharedBytes>;

    unsigned char* find(std::uint64_t index) const;
    unsigned char* page(std::uint64_t index);
    void read_shared(std::uint64_t offset, unsigned char* data, std::uint64_t length) const;
    // Of what lies in a range nothing is shared any more.
    void cut_shared(std::uint64_t begin, std::uint64_t end);

    std::uint64_t page_bytes_;
    std::unordered_map<std::uint64_t, std::unique_ptr<unsigned char[]>> pages_;  // hide what is shared below them
    std::unordered_set<std::uint64_t> granted_;                                  // pages that somebody has a pointer to
    Shared shared_;                                                              // by offset, without overlaps
    mutable Shared::const_iterator last_shared_ = shared_.end();
    // Accesses come in runs: the page of the last one.
    mutable std::uint64_t last_index_ = 0;
    mutable unsigned char* last_page_ = nullptr;
};

}  // namespace nonzero
