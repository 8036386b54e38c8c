#include "fuzz/bench.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace nonzero::fuzz {

namespace {

// Above 4 GiB, so that half of an address is not enough.
constexpr std::uint64_t kOffset = 0x3'0000'0000;
// Every start of recorded work, so that no clock sees a difference.
const sc_core::sc_time kRaster(1, sc_core::SC_US);

PlatformOptions options_of(Settings settings) {
    PlatformOptions options;
    options.parameters = std::move(settings);
    return options;
}

DramParameters memory_of() {
    DramParameters parameters;
    parameters.base = Bench::kBase + kOffset;
    parameters.size = Bench::kBytes;
    return parameters;
}

// Fixed work: a convolution whose outputs are requantised, and neurons whose sums are wanted.
Work fixed_work(bool neurons) {
    Work work;
    work.layer.name = "fixed";
    work.layer.kind = neurons ? LayerKind::fully_connected : LayerKind::convolution;
    work.layer.C = neurons ? 11 : 5;
    work.layer.K = neurons ? 13 : 6;
    if (!neurons) {
        work.layer.H = work.layer.W = 6;
        work.layer.KH = work.layer.KW = 3;
        work.layer.pad = {1, 1, 1, 1};
        work.post_processing.emplace();
        work.post_processing->requantisation.assign(std::size_t(work.layer.K), {1 << 28, 4});
        work.post_processing->bias.assign(std::size_t(work.layer.K), 17);
    }
    int next = 1;
    const auto fill = [&next](Operands& operands) {
        for (std::int16_t& value : operands.data) {
            next = next * 1103 % 2003;
            value = std::int16_t(next % 3 == 0 ? next % 100 : 0);
        }
    };
    work.input = Operands(work.layer.input_shape());
    work.weights = Operands(work.layer.weight_shape());
    fill(work.input);
    fill(work.weights);
    return work;
}

}  // namespace

Bench::Bench(const std::string& name, const std::string& kind, Settings settings, Play play)
    : play_(std::move(play)),
      platform_((name + "_platform").c_str(), kind, options_of(settings)),
      bus_((name + "_bus").c_str(), kOffset),
      host_bus_((name + "_host_bus").c_str(), kOffset),
      dram_((name + "_dram").c_str(), memory_of()),
      host_((name + "_host").c_str()),
      script_((name + "_script").c_str(), [this] { script(); }),
      irq_((name + "_irq").c_str()),
      reset_((name + "_reset").c_str()) {
    host_.csr.bind(platform_.csr);
    host_.memory.bind(host_bus_.in);
    host_bus_.out.bind(dram_.socket);
    platform_.dma.bind(bus_.in);
    bus_.out.bind(dram_.socket);
    platform_.irq.bind(irq_);
    host_.irq.bind(irq_);
    platform_.reset.bind(reset_);
    const PlatformKind& found = find_platform(kind);
    lowering_ = found.make_lowering(*make_parameters(found, "", settings));
}

void Bench::run(FuzzedDataProvider& data) {
    input_ = &data;
    given_.notify(sc_core::SC_ZERO_TIME);
    sc_core::sc_start();
    script_.check();
    require(input_ == nullptr, "whatever is done to a platform comes to an end");
}

void Bench::script() {
    record();
    for (;;) {
        while (input_ == nullptr) {
            sc_core::wait(given_);
        }
        const bool neurons = input_->ConsumeBool();
        play_(*input_, *this);
        reset_and_compare(neurons ? 1 : 0);
        input_ = nullptr;
    }
}

void Bench::record() {
    for (const bool neurons : {false, true}) {
        const Work work = fixed_work(neurons);
        const MemoryImage image = lowering_->lower(work.job(), kBase);
        fixed_.push_back({image, trace_of(image)});
        std::vector<std::uint8_t> output(std::size_t(image.outputs.front().region.size));
        const std::vector<std::uint8_t> expected = work.expected(*lowering_);
        output.resize(expected.size());
        host_.read_memory(image.outputs.front().region.address, output.data(), output.size());
        require(output == expected, "fixed work gives what the reference gives");
        reset();
    }
}

void Bench::reset_and_compare(std::size_t fixed) {
    reset();
    const std::string trace = trace_of(fixed_[fixed].image);
    if (trace != fixed_[fixed].trace) {
        std::fprintf(stderr, "at first: %s\nnow:      %s\n", fixed_[fixed].trace.c_str(), trace.c_str());
    }
    require(trace == fixed_[fixed].trace, "after a reset a platform does what it did at first");
    reset();
}

void Bench::reset() {
    bus_.clear_failures();
    drive_reset(true);
    sc_core::wait(3 * platform_.clock_period());
    drive_reset(false);
    require(wait_for_idle(kRaster * 100), "a reset leaves the platform idle");
    bus_.take_failed();
    clear_memory();
}

// Everything that can be seen of work that begins with cleared statistics.
std::string Bench::trace_of(const MemoryImage& image) {
    platform_.clear_statistics();
    sc_core::wait(kRaster - sc_core::sc_time::from_value(sc_core::sc_time_stamp().value() % kRaster.value()));
    const sc_core::sc_time begin = sc_core::sc_time_stamp();
    const HostOutcome outcome = host_.run(image);
    std::string trace =
        fmt::format("{} ps, done {}, error {}, fault {:#x}, output {:02x}", (sc_core::sc_time_stamp() - begin).value(),
                    outcome.done, int(outcome.error), outcome.fault_address, fmt::join(outcome.output, ""));
    for (const nz_status_record& record : outcome.records) {
        trace += fmt::format(", record {} {} {} {} {}", record.status, record.error, record.descriptor_index,
                             record.cycles, record.output_bytes);
    }
    for (std::uint32_t offset = 0; offset < NZ_REGISTER_WINDOW; offset += 4) {
        tlm::tlm_generic_payload payload;
        std::uint32_t value = 0;
        payload.set_read();
        payload.set_address(offset);
        payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        payload.set_data_length(sizeof value);
        payload.set_streaming_width(sizeof value);
        host_.csr->transport_dbg(payload);
        if (value != 0) {
            trace += fmt::format(", {:#x} = {:#x}", offset, value);
        }
    }
    return trace + ", " + platform_.statistics_json();
}

bool Bench::wait_for_idle(const sc_core::sc_time& longest) {
    const sc_core::sc_time end = sc_core::sc_time_stamp() + longest;
    while (busy()) {
        if (sc_core::sc_time_stamp() > end) {
            return false;
        }
        sc_core::wait(longest / 100);
    }
    return true;
}

HostOutcome Bench::run_image(const MemoryImage& image) {
    host_.write_register(NZ_REG_STATUS, NZ_STATUS_DONE | NZ_STATUS_ERROR);
    while (irq_.read()) {
        sc_core::wait(irq_.value_changed_event());
    }
    return host_.run(image);
}

// What an input did not write reads 0, whatever ran before it: then an input alone does what it did among others.
void Bench::clear_memory() {
    auto written = bus_.take_writes();
    std::ranges::copy(host_bus_.take_writes(), std::back_inserter(written));
    for (const auto& [address, bytes] : written) {
        if (address >= kBase && address - kBase < kBytes) {
            const std::vector<std::uint8_t> zeros(std::min(bytes, kBytes - (address - kBase)));
            host_.write_memory(address, zeros.data(), zeros.size());
        }
    }
    host_bus_.take_writes();
}

}  // namespace nonzero::fuzz
