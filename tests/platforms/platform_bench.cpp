#include "tests/platforms/platform_bench.h"

#include <cstring>

namespace nonzero::test {

PlatformOptions with_settings(Settings settings) {
    PlatformOptions options;
    options.parameters = std::move(settings);
    return options;
}

void Machines::add(const std::string& name, const std::string& kind, const PlatformOptions& options, Script script,
                   const DramParameters& dram) {
    Standalone& machine = machines_.add(name, kind, options, dram);
    scripts_.push_back(std::make_unique<nonzero::Script>((name + "_script").c_str(),
                                                         [&machine, script = std::move(script)] { script(machine); }));
}

void Machines::run() const {
    sc_core::sc_start();
    for (const auto& script : scripts_) {
        script->check();
    }
}

void simulate(const std::string& kind, const PlatformOptions& options, const Script& script,
              const DramParameters& dram) {
    Machines machines;
    machines.add("bench", kind, options, script, dram);
    machines.run();
}

LayerJob job_of(const RandomLayer& random) {
    return job_of(random.layer, random.input, random.weights);
}

LayerJob job_of(const Layer& layer, const Operands& input, const Operands& weights) {
    LayerJob job;
    job.layer = &layer;
    job.input = &input;
    job.weights = &weights;
    return job;
}

HostOutcome run_afresh(Standalone& bench, const MemoryImage& image) {
    bench.host.reset_platform();
    bench.platform.clear_statistics();
    return bench.host.run(image);
}

HostOutcome run_afresh(Standalone& bench, const LayerJob& job) {
    return run_afresh(bench, bench.lowering->lower(job, Standalone::kBase));
}

void start(Host& host, const MemoryImage& image) {
    for (const MemorySegment& segment : image.segments) {
        host.write_memory(segment.address, segment.bytes.data(), segment.bytes.size());
    }
    host.write_register(NZ_REG_DESCRIPTOR_ADDRESS_LO, std::uint32_t(image.descriptor_address));
    host.write_register(NZ_REG_DESCRIPTOR_ADDRESS_HI, std::uint32_t(image.descriptor_address >> 32));
    host.write_register(NZ_REG_DESCRIPTOR_COUNT, image.descriptor_count);
    host.write_register(NZ_REG_CONTROL, NZ_CONTROL_START);
}

void stop(Host& host, std::uint32_t control) {
    host.write_register(NZ_REG_CONTROL, control);
    while ((host.read_register(NZ_REG_STATUS) & NZ_STATUS_IDLE) == 0) {
        sc_core::wait(sc_core::sc_time(1, sc_core::SC_NS));
    }
}

nz_descriptor read_descriptor(const MemoryImage& image, std::size_t number) {
    nz_descriptor descriptor;
    std::memcpy(&descriptor, image.segments.front().bytes.data() + number * NZ_DESCRIPTOR_SIZE, sizeof descriptor);
    return descriptor;
}

void write_descriptor(MemoryImage& image, std::size_t number, const nz_descriptor& descriptor) {
    std::memcpy(image.segments.front().bytes.data() + number * NZ_DESCRIPTOR_SIZE, &descriptor, sizeof descriptor);
}

void feed_output(MemoryImage& next, const MemoryImage& producer, const HostOutcome& produced) {
    nz_descriptor load = read_descriptor(next, 0);
    load.input = {producer.outputs.front().region.address, produced.output.size()};
    // A table of blocks comes first in the output, its offsets from the output's begin.
    if (load.block_index.size != 0) {
        load.block_index.address = producer.outputs.front().region.address;
    }
    write_descriptor(next, 0, load);
    std::erase_if(next.segments, [](const MemorySegment& segment) { return segment.name.starts_with("input"); });
}

std::map<std::string, std::uint64_t> all_counters(const Platform& platform) {
    std::map<std::string, std::uint64_t> counters;
    for (const BlockStatistics& block : platform.statistics()) {
        for (const auto& counter : block.counters) {
            for (const auto& instance : counter.instances) {
                counters[instance.path + "." + counter.name] = instance.value;
            }
        }
    }
    return counters;
}

std::uint64_t attributed_cycles(const std::string& kind, const Standalone& bench) {
    std::uint64_t cycles = 0;
    for (const auto& [cause, counter] : find_platform(kind).make_report(*bench.parameters).cycles_by_cause) {
        cycles += bench.platform.statistic_sum(counter);
    }
    return cycles;
}

}  // namespace nonzero::test
