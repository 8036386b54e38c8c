// Two accelerators in one process, each with a CPU and a memory that know nothing of nonzero but its host interface.
// The CPUs do by hand what lowering does for the command line: a 1x1 convolution of a 2x2 image on an SCNN of one PE.

#include <nonzero/models/host/host_interface.h>
#include <nonzero/platforms/platform.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <systemc>
#include <tlm>

#include "check.h"
#include "memory.h"

namespace {

// Above 4 GiB, so that both halves of every address count.
constexpr std::uint64_t kBase = 0x2'0000'0000;
constexpr std::uint64_t kDescriptors = kBase;
constexpr std::uint64_t kStatusRecords = kBase + 0x400;
constexpr std::uint64_t kInputIndex = kBase + 0x500;
constexpr std::uint64_t kInput = kBase + 0x600;
constexpr std::uint64_t kWeightIndex = kBase + 0x700;
constexpr std::uint64_t kWeights = kBase + 0x800;
constexpr std::uint64_t kOutput = kBase + 0x900;

// Series of one zero-run block each: a byte with the bits of a count, here 2; then bits, the lowest first: the count (2
// entries), the values of 16 bits, the zeros before each in 4 bits. Input 3 0 / 0 5; weights of two output channels.
constexpr std::uint8_t kInputBlock[7] = {2, 0x0E, 0x00, 0x14, 0x00, 0x80, 0x00};
constexpr std::uint8_t kWeightBlock[7] = {2, 0xFA, 0xFF, 0x1F, 0x00, 0x00, 0x00};
constexpr std::int64_t kExpected[8] = {-6, 0, 0, -10, 21, 0, 0, 35};

class Cpu : public sc_core::sc_module {
  public:
    Cpu(sc_core::sc_module_name name, Memory& memory) : sc_module(name), socket("socket"), irq("irq"), memory_(memory) {
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
        refuse_a_bad_descriptor();
        convolve();
        finished = true;
    }

    void refuse_a_bad_descriptor() {
        nz_descriptor bad = convolution_of(NZ_OP_CONV);
        bad.version = NZ_DESCRIPTOR_VERSION + 1;
        memory_.store(kDescriptors, &bad, 1);
        start(1);
        expect_equal("STATUS after a bad descriptor", read(NZ_REG_STATUS), NZ_STATUS_IDLE | NZ_STATUS_ERROR);
        expect_equal("ERROR_CODE", read(NZ_REG_ERROR_CODE), NZ_ERROR_DESCRIPTOR_VERSION);
        acknowledge(NZ_STATUS_ERROR);
        expect_equal("ERROR_CODE after it was cleared", read(NZ_REG_ERROR_CODE), NZ_ERROR_NONE);
    }

    void convolve() {
        nz_descriptor load = convolution_of(NZ_OP_LOAD);
        load.next = kDescriptors + NZ_DESCRIPTOR_SIZE;
        load.input = {kInput, sizeof kInputBlock};
        load.block_index = {kInputIndex, sizeof(nz_block)};
        load.status_record = kStatusRecords;

        nz_descriptor convolution = convolution_of(NZ_OP_CONV);
        convolution.flags = NZ_FLAG_INPUT_RESIDENT;
        convolution.output_type = NZ_TYPE_RAW64;
        convolution.weights = {kWeights, sizeof kWeightBlock};
        convolution.block_index = {kWeightIndex, sizeof(nz_block)};
        convolution.output = {kOutput, sizeof kExpected};
        convolution.status_record = kStatusRecords + sizeof(nz_status_record);

        const nz_descriptor descriptors[2] = {load, convolution};
        memory_.store(kDescriptors, descriptors, 2);
        const nz_block input_part = {0, sizeof kInputBlock};
        const nz_block weight_part = {0, sizeof kWeightBlock};
        memory_.store(kInputIndex, &input_part, 1);
        memory_.store(kWeightIndex, &weight_part, 1);
        memory_.store(kInput, kInputBlock, sizeof kInputBlock);
        memory_.store(kWeights, kWeightBlock, sizeof kWeightBlock);

        start(2);
        expect_equal("STATUS after the layer", read(NZ_REG_STATUS), NZ_STATUS_IDLE | NZ_STATUS_DONE);
        expect_equal("ERROR_CODE after the layer", read(NZ_REG_ERROR_CODE), NZ_ERROR_NONE);
        acknowledge(NZ_STATUS_DONE);

        for (std::uint64_t n = 0; n < 8; ++n) {
            expect_equal("output", memory_.load<std::int64_t>(kOutput + n * sizeof(std::int64_t)), kExpected[n]);
        }
        const auto record = memory_.load<nz_status_record>(kStatusRecords + sizeof(nz_status_record));
        expect_equal("status record", record.status, NZ_STATUS_DONE);
        expect_equal("descriptor index", record.descriptor_index, 1);
        expect_equal("output bytes", record.output_bytes, sizeof kExpected);
        expect_equal("products", read_counter(NZ_REG_PRODUCTS_LO), 4);
        layer_cycles = read_counter(NZ_REG_LAYER_CYCLES_LO);
        expect_equal("layer cycles", layer_cycles, record.cycles);
        expect_equal("the layer took time", layer_cycles > 0, true);
    }

    static nz_descriptor convolution_of(nz_opcode opcode) {
        nz_descriptor descriptor{};
        descriptor.version = NZ_DESCRIPTOR_VERSION;
        descriptor.size = NZ_DESCRIPTOR_SIZE;
        descriptor.opcode = static_cast<std::uint16_t>(opcode);
        descriptor.c = descriptor.r = descriptor.s = 1;
        descriptor.k = descriptor.h = descriptor.w = descriptor.p = descriptor.q = 2;
        descriptor.stride_y = descriptor.stride_x = descriptor.dilation_y = descriptor.dilation_x = 1;
        descriptor.groups = 1;
        return descriptor;
    }

    void start(std::uint32_t descriptors) {
        write(NZ_REG_DESCRIPTOR_ADDRESS_LO, static_cast<std::uint32_t>(kDescriptors));
        write(NZ_REG_DESCRIPTOR_ADDRESS_HI, static_cast<std::uint32_t>(kDescriptors >> 32));
        write(NZ_REG_DESCRIPTOR_COUNT, descriptors);
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
          cpu("cpu", memory),
          accelerator("accelerator", "scnn", one_pe()) {
        cpu.socket.bind(accelerator.csr);
        accelerator.dma.bind(memory.socket);
        accelerator.irq.bind(irq);
        cpu.irq.bind(irq);
    }

    Memory memory;
    Cpu cpu;
    nonzero::Platform accelerator;
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
