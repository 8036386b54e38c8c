// Two accelerators in one process, each with a CPU and a memory that know nothing of nonzero but its host interface and
// its lowering: a 1x1 convolution of a 2x2 image on an SCNN of one PE.

#include <nonzero/lowering/lowering.h>
#include <nonzero/models/host/host_interface.h>
#include <nonzero/platforms/platform.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

#include "check.h"
#include "memory.h"

namespace {

// Above 4 GiB, so that both halves of every address count.
constexpr std::uint64_t kBase = 0x2'0000'0000;
constexpr std::int64_t kExpected[8] = {-6, 0, 0, -10, 21, 0, 0, 35};

class Cpu : public sc_core::sc_module {
  public:
    Cpu(sc_core::sc_module_name name, Memory& memory, const nonzero::Platform& accelerator)
        : sc_module(name), socket("socket"), irq("irq"), memory_(memory), lowering_(accelerator.lowering()) {
        SC_HAS_PROCESS(Cpu);
        SC_THREAD(firmware);
    }

    tlm_utils::simple_initiator_socket<Cpu, 32> socket;
    sc_core::sc_in<bool> irq;
    bool finished = false;
    std::uint64_t layer_cycles = 0;

  private:
    void firmware() {
        expect_equal("ID", read(NZ_REG_ID), NZ_ID_VALUE);
        expect_equal("VERSION", read(NZ_REG_VERSION), NZ_INTERFACE_VERSION);
        expect_equal("CAPABILITIES has CONV", read(NZ_REG_CAPABILITIES) >> NZ_OP_CONV & 1, 1);
        expect_equal("STATUS", read(NZ_REG_STATUS), NZ_STATUS_IDLE);
        write(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE | NZ_STATUS_ERROR);
        nonzero::Layer layer;
        layer.name = "small";
        layer.K = layer.H = layer.W = 2;
        nonzero::Operands input(layer.input_shape());
        input.data = {3, 0, 0, 5};
        nonzero::Operands weights(layer.weight_shape());
        weights.data = {-2, 7};
        nonzero::LayerJob job;
        job.layer = &layer;
        job.input = &input;
        job.weights = &weights;
        const nonzero::MemoryImage image = lowering_.lower(job, kBase);
        for (const nonzero::MemorySegment& segment : image.segments) {
            memory_.store(segment.address, segment.bytes.data(), segment.bytes.size());
        }
        refuse_a_bad_descriptor(image);
        convolve(job, image);
        finished = true;
    }

    void refuse_a_bad_descriptor(const nonzero::MemoryImage& image) {
        const auto good = memory_.load<nz_descriptor>(image.descriptor_address);
        nz_descriptor bad = good;
        bad.version = NZ_DESCRIPTOR_VERSION + 1;
        memory_.store(image.descriptor_address, &bad, 1);
        start(image);
        expect_equal("STATUS after a bad descriptor", read(NZ_REG_STATUS), NZ_STATUS_IDLE | NZ_STATUS_ERROR);
        expect_equal("ERROR_CODE", read(NZ_REG_ERROR_CODE), NZ_ERROR_DESCRIPTOR_VERSION);
        acknowledge(NZ_STATUS_ERROR);
        expect_equal("ERROR_CODE after it was cleared", read(NZ_REG_ERROR_CODE), NZ_ERROR_NONE);
        memory_.store(image.descriptor_address, &good, 1);
    }

    void convolve(const nonzero::LayerJob& job, const nonzero::MemoryImage& image) {
        start(image);
        expect_equal("STATUS after the layer", read(NZ_REG_STATUS), NZ_STATUS_IDLE | NZ_STATUS_DONE);
        expect_equal("ERROR_CODE after the layer", read(NZ_REG_ERROR_CODE), NZ_ERROR_NONE);
        acknowledge(NZ_STATUS_DONE);

        const std::uint32_t last = image.outputs.front().descriptor;
        const auto record = memory_.load<nz_status_record>(image.status_records + last * sizeof(nz_status_record));
        expect_equal("status record", record.status, NZ_STATUS_DONE);
        expect_equal("descriptor index", record.descriptor_index, last);
        expect_equal("output bytes", record.output_bytes, sizeof kExpected);
        std::vector<std::uint8_t> bytes;
        for (std::uint64_t n = 0; n < record.output_bytes; ++n) {
            bytes.push_back(memory_.load<std::uint8_t>(image.outputs.front().region.address + n));
        }
        const nonzero::Psums sums = lowering_.decode_sums(job, bytes);
        for (std::size_t n = 0; n < 8; ++n) {
            expect_equal("output", sums.data[n], kExpected[n]);
        }
        expect_equal("products", read_counter(NZ_REG_PRODUCTS_LO), 4);
        layer_cycles = read_counter(NZ_REG_LAYER_CYCLES_LO);
        expect_equal("layer cycles", layer_cycles, record.cycles);
        expect_equal("the layer took time", layer_cycles > 0, true);
    }

    void start(const nonzero::MemoryImage& image) {
        write(NZ_REG_DESCRIPTOR_ADDRESS_LO, static_cast<std::uint32_t>(image.descriptor_address));
        write(NZ_REG_DESCRIPTOR_ADDRESS_HI, static_cast<std::uint32_t>(image.descriptor_address >> 32));
        write(NZ_REG_DESCRIPTOR_COUNT, image.descriptor_count);
        write(NZ_REG_CONTROL, NZ_CONTROL_START);
        wait_for_irq(true);
    }

    void acknowledge(std::uint32_t status) {
        write(NZ_REG_STATUS, status);
        wait_for_irq(false);
    }

    void wait_for_irq(bool level) {
        while (irq.read() != level) {
            wait(irq.value_changed_event());
        }
    }

    std::uint64_t read_counter(std::uint32_t low) {
        const std::uint64_t value = read(low);
        return value | static_cast<std::uint64_t>(read(low + 4)) << 32;
    }

    std::uint32_t read(std::uint32_t offset) {
        std::uint32_t value = 0;
        access(tlm::TLM_READ_COMMAND, offset, value);
        return value;
    }

    void write(std::uint32_t offset, std::uint32_t value) { access(tlm::TLM_WRITE_COMMAND, offset, value); }

    void access(tlm::tlm_command command, std::uint32_t offset, std::uint32_t& value) {
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_address(offset);
        payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        payload.set_data_length(sizeof value);
        payload.set_streaming_width(sizeof value);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        socket->b_transport(payload, delay);
        expect_equal("register access is answered with OK", payload.is_response_ok(), true);
        wait(delay);
    }

    Memory& memory_;
    const nonzero::Lowering& lowering_;
};

nonzero::PlatformOptions one_pe() {
    nonzero::PlatformOptions options;
    options.parameters = {{"pe.rows", "1"}, {"pe.columns", "1"}};
    return options;
}

// An accelerator with the CPU and memory around it.
struct Machine : sc_core::sc_module {
    explicit Machine(sc_core::sc_module_name name)
        : sc_module(name),
          memory("memory", kBase, 0x1000),
          accelerator("accelerator", "scnn", one_pe()),
          cpu("cpu", memory, accelerator) {
        cpu.socket.bind(accelerator.csr);
        accelerator.dma.bind(memory.socket);
        accelerator.irq.bind(irq);
        cpu.irq.bind(irq);
    }

    Memory memory;
    nonzero::Platform accelerator;
    Cpu cpu;
    sc_core::sc_signal<bool> irq;
};

// One counter of a block, read from the tree of all.
std::uint64_t counted(const nonzero::Platform& platform, const std::string& block_name, const std::string& name) {
    std::uint64_t sum = 0;
    for (const nonzero::BlockStatistics& block : platform.statistics()) {
        for (const auto& counter : block.counters) {
            for (const auto& instance : counter.instances) {
                sum += block.name == block_name && counter.name == name ? instance.value : 0;
            }
        }
    }
    return sum;
}

}  // namespace

int sc_main(int, char*[]) {
    Machine first("first");
    Machine second("second");
    sc_core::sc_start();
    for (const Machine* machine : {&first, &second}) {
        expect_equal("the firmware came to its end", machine->cpu.finished, true);
        expect_equal("products counted", machine->accelerator.statistic_sum("products"), 4);
        expect_equal("products of the PEs", counted(machine->accelerator, "pe", "products"), 4);
    }
    expect_equal("both machines take the same cycles", first.cpu.layer_cycles, second.cpu.layer_cycles);
    return failures;
}
