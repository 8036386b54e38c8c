#pragma once
// DMA engine: moves blocks between memory (TLM base protocol) and buffers of the platform. Transfers are taken in order
// and cut into bursts, row by row; up to `outstanding` bursts are on the way at once, also of successive transfers.
// Both protocols give the same completion times on a memory that answers both alike.
//   lt: `outstanding` workers that call b_transport and wait the returned delay
//   at: nb_transport with a memory manager, request exclusion rule, responses in any order, each ended by END_RESP at
//       the time at which it begins
// Bursts have any length, or natural alignment, which some memory controllers demand: a power of two, at a multiple of
// it. DMI is never used. Addresses are 64 bit. The engine never runs ahead of the simulation time.
//
// A transfer that wraps around the address space is refused before it reaches the bus (TLM_ADDRESS_ERROR_RESPONSE); one
// without bytes ends when its turn comes. When a burst fails, the rest of its transfer is not sent, what is on the way
// is awaited, and later transfers run normally. Transfers on the way at once are not ordered against each other: who
// reads what an earlier transfer writes waits for that one's completion.
//
// Timeout: a burst that has no response more than `timeout` cycles after it was sent is given up: its transfer has
// failed. The burst stays with the memory, which may answer yet: it keeps its place among the outstanding ones (and, in
// AT, the request channel until END_REQ) until then, and what it reads is thrown away; what it writes may arrive late.
// While bursts are given up, a transfer that cannot send for as long fails too, so that nobody waits for a bus that is
// dead. 0: waits for ever.
//
// Counters: read_bytes, write_bytes (bursts that were answered OK, also after cancel() or too late), bursts (sent).
// Not modelled: a limit on queued transfers.

#include <systemc>
#include <tlm>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/dma/dma_parameters.h"

namespace nonzero {

// Owned by whoever asked for the transfer; must live until finished. Set back when it is handed in: it can be reused.
struct DmaCompletion {
    sc_core::sc_event done;  // notified once, at the time of the last response
    bool finished = false;
    // OK, or that of the burst that failed, the first one in the order of sending. A memory that leaves the status at
    // TLM_INCOMPLETE_RESPONSE counts as TLM_GENERIC_ERROR_RESPONSE.
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
    std::uint64_t fault_address = 0;  // where that burst begins
    bool timed_out = false;           // it was given up; the status is TLM_GENERIC_ERROR_RESPONSE
};

// Takes the bytes of a read as its bursts are answered, in any order.
class DmaSink {
  public:
    virtual ~DmaSink() = default;
    // offset: of the first byte within the transfer.
    virtual void take(std::uint64_t offset, std::span<const unsigned char> bytes) = 0;
};

// Message of the command stream. 2-D: `rows` pieces of `row_bytes`, `row_pitch` apart in memory, packed in the buffer.
struct DmaTransfer {
    bool write = false;
    std::uint64_t address = 0;
    std::uint64_t rows = 1;
    std::uint64_t row_bytes = 0;
    std::uint64_t row_pitch = 0;          // ignored with one row
    unsigned char* buffer = nullptr;      // payload_bytes(); of a write: unchanged until finished
    DmaCompletion* completion = nullptr;  // may be absent
    DmaSink* sink = nullptr;              // of a read, in place of a buffer; must live as long as one
    std::uint64_t payload_bytes() const { return rows * row_bytes; }
};

// What whoever asks for transfers needs of an engine besides its command stream.
struct DmaControl {
    std::function<void()> cancel;
    std::function<bool()> idle;
    const sc_core::sc_event& drained;
};

// Throws InputError when burst_bytes or outstanding is below 1, or timeout below 0.
class DmaEngine : public sc_core::sc_module {
  public:
    DmaEngine(sc_core::sc_module_name name, const DmaParameters& parameters, const Clocking& clock,
              Statistics& statistics);
    ~DmaEngine() override;

    StreamTarget<DmaTransfer> commands;    // queues the transfer to begin at now + delay, returns at once
    tlm::tlm_initiator_socket<32> memory;  // base protocol

    // Drops queued bursts; bursts on the way end normally, or by their timeout, and their data is thrown away.
    // Unfinished completions end with TLM_INCOMPLETE_RESPONSE and are notified; their buffers are not touched
    // afterwards.
    void cancel();
    bool idle() const;                         // nothing queued, nothing on the way but what was given up
    const sc_core::sc_event& drained() const;  // notified when the engine becomes idle
    DmaControl control() {
        return {[this] { cancel(); }, [this] { return idle(); }, drained()};
    }

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonzero
