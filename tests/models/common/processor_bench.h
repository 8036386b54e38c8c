#pragma once
// Surroundings of a CommandProcessor under test: a host with its own quantum, a DMA engine in name only that serves a
// memory buffer after a delay, and an engine whose results follow from the descriptor by a line of arithmetic.

#include <tlm_utils/simple_initiator_socket.h>
#include <catch2/catch.hpp>
#include <systemc>
#include <tlm>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "models/host/command_processor.h"

namespace nonzero::test {

inline constexpr std::uint64_t kMemoryBase = 0x1'2340'0000;  // above 4 GiB
inline constexpr std::uint64_t kMemorySize = 0x10000;
inline constexpr std::uint64_t kBrokenPage = kMemoryBase + 0xF000;  // answers with a generic error
// What the tests keep where, one per descriptor of a chain.
inline constexpr std::uint64_t descriptor_at(std::uint64_t i) {
    return kMemoryBase + 0x100 * i;
}
inline constexpr std::uint64_t input_at(std::uint64_t i) {
    return kMemoryBase + 0x4000 + 0x100 * i;
}
inline constexpr std::uint64_t output_at(std::uint64_t i) {
    return kMemoryBase + 0x8000 + 0x100 * i;
}
inline constexpr std::uint64_t weights_at(std::uint64_t i) {
    return kMemoryBase + 0xA000 + 0x100 * i;
}
inline constexpr std::uint64_t record_at(std::uint64_t i) {
    return kMemoryBase + 0xC000 + 0x40 * i;
}

// Plain memory that refuses what is outside, and its broken page.
class Memory {
  public:
    tlm::tlm_response_status access(bool write, std::uint64_t address, unsigned char* data, std::uint64_t bytes) {
        if (address < kMemoryBase || address - kMemoryBase > kMemorySize - bytes) {
            return tlm::TLM_ADDRESS_ERROR_RESPONSE;
        }
        if (address + bytes > kBrokenPage) {
            return tlm::TLM_GENERIC_ERROR_RESPONSE;
        }
        unsigned char* place = bytes_.data() + (address - kMemoryBase);
        std::memcpy(write ? place : data, write ? data : place, bytes);
        return tlm::TLM_OK_RESPONSE;
    }
    template <class T>
    void store(std::uint64_t address, const T& value) {
        std::memcpy(bytes_.data() + (address - kMemoryBase), &value, sizeof value);
    }
    template <class T>
    T load(std::uint64_t address) const {
        T value;
        std::memcpy(&value, bytes_.data() + (address - kMemoryBase), sizeof value);
        return value;
    }

  private:
    std::vector<unsigned char> bytes_ = std::vector<unsigned char>(kMemorySize);
};

// Serves transfers one after the other, each after `delay`. A cancelled one still takes its time ("drains").
class StubDma : public sc_core::sc_module {
  public:
    StubDma(sc_core::sc_module_name name, Memory& memory)
        : sc_module(name),
          commands("commands",
                   [this](DmaTransfer& transfer, sc_core::sc_time&) {
                       starts.push_back(sc_core::sc_time_stamp());
                       queue_.push_back(transfer);
                       queued_.notify(sc_core::SC_ZERO_TIME);
                   }),
          memory_(memory) {
        sc_core::sc_spawn([this] { serve(); }, "serve");
    }

    StreamTarget<DmaTransfer> commands;
    sc_core::sc_time delay{50, sc_core::SC_NS};
    std::vector<sc_core::sc_time> starts;  // when each transfer was asked for

    DmaControl control() {
        return {[this] { cancel(); }, [this] { return queue_.empty() && !working_; }, drained_};
    }

  private:
    void serve() {
        for (;;) {
            while (queue_.empty()) {
                wait(queued_);
            }
            current_ = queue_.front();
            queue_.pop_front();
            working_ = true;
            wait(delay);
            if (current_.completion != nullptr) {
                const auto status =
                    memory_.access(current_.write, current_.address, current_.buffer, current_.payload_bytes());
                finish(current_, status);
            }
            working_ = false;
            if (queue_.empty()) {
                drained_.notify(sc_core::SC_ZERO_TIME);
            }
        }
    }
    static void finish(const DmaTransfer& transfer, tlm::tlm_response_status status) {
        transfer.completion->status = status;
        transfer.completion->fault_address = transfer.address;
        transfer.completion->finished = true;
        transfer.completion->done.notify(sc_core::SC_ZERO_TIME);
    }
    void cancel() {
        if (working_ && current_.completion != nullptr) {
            finish(current_, tlm::TLM_INCOMPLETE_RESPONSE);
            current_.completion = nullptr;
        }
        for (const DmaTransfer& transfer : queue_) {
            finish(transfer, tlm::TLM_INCOMPLETE_RESPONSE);
        }
        queue_.clear();
    }

    Memory& memory_;
    std::deque<DmaTransfer> queue_;
    DmaTransfer current_;
    bool working_ = false;
    sc_core::sc_event queued_;
    sc_core::sc_event drained_;
};

// A layer reads its input, takes w cycles (wait_until once at half time), and writes the input's bytes plus one to its
// output. Products: 10 c, 7 c of them useful, k overflows. LOAD keeps the input for layers with a resident input.
class StubEngine : public Engine {
  public:
    std::uint32_t supported = 1u << NZ_OP_CONV | 1u << NZ_OP_DEPTHWISE | 1u << NZ_OP_FULLY_CONNECTED |
                              1u << NZ_OP_GEMM | 1u << NZ_OP_PROGRAM | 1u << NZ_OP_LOAD;
    std::function<Completion(const nz_descriptor&, WorkContext&)> script;  // instead of the layer
    std::vector<unsigned char> resident;
    int executions = 0;
    int resets = 0;

    std::uint32_t capabilities() const override { return supported; }
    void reset() override {
        ++resets;
        resident.clear();
    }
    Completion execute(const nz_descriptor& d, WorkContext& context) override {
        ++executions;
        return script ? script(d, context) : layer(d, context);
    }
    Completion layer(const nz_descriptor& d, WorkContext& context) {
        std::vector<unsigned char> data = resident;
        if ((d.flags & NZ_FLAG_INPUT_RESIDENT) == 0) {
            data.resize(d.input.size);
            context.read(d.input.address, data.data(), data.size());
        } else if (resident.empty()) {
            throw Fault{NZ_ERROR_NOT_RESIDENT, d.input.address};
        }
        const sc_core::sc_time begin = sc_core::sc_time_stamp();
        context.wait_until(begin + context.clock()(d.w / 2));
        context.wait_until(begin + context.clock()(d.w));
        Completion completion;
        completion.cycles = d.w;
        if (d.opcode == NZ_OP_LOAD) {
            resident = data;
            return completion;
        }
        for (unsigned char& byte : data) {
            ++byte;
        }
        context.write(d.output.address, data.data(), data.size());
        completion.output_bytes = data.size();
        completion.products = 10 * std::uint64_t{d.c};
        completion.useful_products = 7 * std::uint64_t{d.c};
        completion.overflows = d.k;
        return completion;
    }
};

// Initiator with temporal decoupling: its local time runs ahead of the simulation by at most `quantum`.
class Host : public sc_core::sc_module {
  public:
    explicit Host(sc_core::sc_module_name name) : sc_module(name), socket("socket") {
        sc_core::sc_spawn_options options;
        options.set_stack_size(1 << 20);
        sc_core::sc_spawn(
            [this] {
                body();
                finished = true;
            },
            "body", &options);
    }

    tlm_utils::simple_initiator_socket<Host> socket;
    std::function<void()> body;  // runs as a process; set before the simulation starts
    bool finished = false;
    sc_core::sc_time quantum;  // 0: waits after every access
    sc_core::sc_time local;    // ahead of the simulation

    tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t offset, std::uint32_t& value) {
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_address(offset);
        payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        payload.set_data_length(4);
        payload.set_streaming_width(4);
        socket->b_transport(payload, local);
        if (local >= quantum) {
            synchronise();
        }
        return payload.get_response_status();
    }
    void synchronise() {
        if (local > sc_core::SC_ZERO_TIME) {
            sc_core::wait(local);
            local = sc_core::SC_ZERO_TIME;
        }
    }
    void pause(const sc_core::sc_time& time) {  // of the host itself
        local += time;
        if (local >= quantum) {
            synchronise();
        }
    }
    std::uint32_t read(std::uint64_t offset) {
        std::uint32_t value = 0xDEAD;
        return access(tlm::TLM_READ_COMMAND, offset, value) == tlm::TLM_OK_RESPONSE ? value : 0xDEADDEAD;
    }
    bool write(std::uint64_t offset, std::uint32_t value) {
        return access(tlm::TLM_WRITE_COMMAND, offset, value) == tlm::TLM_OK_RESPONSE;
    }
    std::uint64_t read64(std::uint64_t offset) {
        const std::uint64_t low = read(offset);
        return low | std::uint64_t{read(offset + 4)} << 32;
    }
    void start(std::uint64_t address, std::uint32_t count) {
        write(NZ_REG_DESCRIPTOR_ADDRESS_LO, static_cast<std::uint32_t>(address));
        write(NZ_REG_DESCRIPTOR_ADDRESS_HI, static_cast<std::uint32_t>(address >> 32));
        write(NZ_REG_DESCRIPTOR_COUNT, count);
        write(NZ_REG_CONTROL, NZ_CONTROL_START);
    }
    // Polls until one of the bits is set, returns STATUS; gives up after a millisecond.
    std::uint32_t wait_for(std::uint32_t bits) {
        const sc_core::sc_time end = sc_core::sc_time_stamp() + local + sc_core::sc_time(1, sc_core::SC_MS) + quantum;
        std::uint32_t status = read(NZ_REG_STATUS);
        while ((status & bits) == 0 && sc_core::sc_time_stamp() < end) {
            pause(sc_core::sc_time(10, sc_core::SC_NS));
            status = read(NZ_REG_STATUS);
        }
        return status;
    }
    std::uint32_t wait_for_idle() { return wait_for(NZ_STATUS_IDLE); }
    void clear_status() { write(NZ_REG_STATUS, NZ_STATUS_DONE | NZ_STATUS_ERROR); }
};

// The processor with everything around it; irq and reset unbound. One period is a nanosecond, a transfer 50: a layer of
// n cycles ends 200 + n ns after START (descriptor, input, n cycles, output, status record).
struct Bench : sc_core::sc_module {
    explicit Bench(sc_core::sc_module_name name)
        : sc_module(name), processor("processor", clock, engine, {dma.control()}, statistics) {
        host.socket.bind(processor.csr);
        processor.dma_commands[0].bind(dma.commands);
    }

    Clocking clock{sc_core::sc_time(1, sc_core::SC_NS)};
    Statistics statistics;
    Memory memory;
    StubEngine engine;
    StubDma dma{"dma", memory};
    Host host{"host"};
    CommandProcessor processor;
};

// With both lines.
struct LineBench : Bench {
    explicit LineBench(sc_core::sc_module_name name) : Bench(name) {
        processor.irq.bind(irq);
        processor.reset.bind(reset);
    }
    sc_core::sc_signal<bool> irq{"irq"};
    sc_core::sc_signal<bool> reset{"reset"};
};

// A sound convolution of 16 input bytes that takes `cycles`, number i of a chain.
inline nz_descriptor convolution(std::uint64_t i, std::uint32_t cycles = 100) {
    nz_descriptor d{};
    d.version = NZ_DESCRIPTOR_VERSION;
    d.size = NZ_DESCRIPTOR_SIZE;
    d.opcode = NZ_OP_CONV;
    d.flags = NZ_FLAG_REQUANTISE | NZ_FLAG_RELU;
    d.next = descriptor_at(i + 1);
    d.c = 2;
    d.h = 1;
    d.w = cycles;
    d.k = 3;
    d.r = d.s = 1;
    d.p = 1;
    d.q = cycles;
    d.stride_y = d.stride_x = d.dilation_y = d.dilation_x = 1;
    d.groups = 1;
    d.clamp_low = -128;
    d.clamp_high = 127;
    d.input = {input_at(i), 16};
    d.weights = {weights_at(i), 16};
    d.output = {output_at(i), 16};
    d.requant = {weights_at(i) + 0x80, 24};
    d.status_record = record_at(i);
    return d;
}

// Puts descriptor i and its input (bytes 16 i, 16 i + 1, ...) into memory.
template <class AnyBench>
void place(AnyBench& bench, std::uint64_t i, const nz_descriptor& descriptor) {
    bench.memory.store(descriptor_at(i), descriptor);
    for (std::uint64_t byte = 0; byte < 16; ++byte) {
        bench.memory.store(input_at(i) + byte, static_cast<unsigned char>(16 * i + byte));
        bench.memory.store(output_at(i) + byte, static_cast<unsigned char>(0));
    }
    bench.memory.store(record_at(i), nz_status_record{});
}

template <class AnyBench>
bool output_is_right(const AnyBench& bench, std::uint64_t i) {
    for (std::uint64_t byte = 0; byte < 16; ++byte) {
        if (bench.memory.template load<unsigned char>(output_at(i) + byte) != 16 * i + byte + 1) {
            return false;
        }
    }
    return true;
}

template <class AnyBench>
nz_status_record record_of(const AnyBench& bench, std::uint64_t i) {
    return bench.memory.template load<nz_status_record>(record_at(i));
}

// The one simulation of a test: the body is the host's program.
template <class AnyBench>
void run(AnyBench& bench, const std::function<void()>& body) {
    bench.host.body = body;
    sc_core::sc_start(100, sc_core::SC_MS);
    REQUIRE(bench.host.finished);
}

}  // namespace nonzero::test
