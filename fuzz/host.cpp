// A random host: it drives every platform through registers, memory, interrupt and reset alone, with valid work,
// damaged work, garbage, aborts and resets at any time and errors of the bus, over LT and AT. Valid work gives the
// reference's values whatever came before it, and after a reset the platform does what it did at first (bench.h).

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <set>

#include "fuzz/bench.h"

using namespace nonzero;
using fuzz::Bench;
using fuzz::require;

namespace {

struct Machine {
    const char* kind;
    fuzz::Settings settings;
};

// Small ones, so that little work reaches every corner; each kind by both protocols.
const std::vector<Machine>& machines() {
    static const std::vector<Machine> all = [] {
        const fuzz::Settings lt{{"operand.bits", "16"}, {"accumulator.bits", "48"}};
        fuzz::Settings at = lt;
        at.insert(at.end(), {{"dma.protocol", "at"}, {"dma.burst_bytes", "32"}, {"dma.outstanding", "3"}});
        const fuzz::Settings grid{{"pe.rows", "2"}, {"pe.columns", "3"}, {"pe.kc", "4"}};
        const fuzz::Settings modelled{{"memory.timing", "modelled"}};
        const fuzz::Settings array{{"array.rows", "8"}, {"array.columns", "4"}};
        const auto with = [](fuzz::Settings settings, std::initializer_list<fuzz::Settings> more) {
            for (const fuzz::Settings& part : more) {
                settings.insert(settings.end(), part.begin(), part.end());
            }
            return settings;
        };
        const fuzz::Settings odd{{"pe.rows", "3"},
                                 {"pe.columns", "2"},
                                 {"pe.f", "2"},
                                 {"pe.i", "3"},
                                 {"crossbar.queue_depth", "1"},
                                 {"weights.skew", "fifo"},
                                 {"weights.fifo_entries", "40"}};
        const fuzz::Settings engine{{"engine.n", "3"}, {"engine.m", "8"}, {"engine.c", "6"}, {"engine.k", "2"}};
        const fuzz::Settings mesh{{"mesh.rows", "3"}, {"mesh.columns", "2"}};
        const fuzz::Settings clusters{{"clusters", "3"}, {"units", "4"}};
        const fuzz::Settings pe_mesh{{"clusters.rows", "2"}, {"pe.columns", "2"}};
        const fuzz::Settings few{{"engine.multipliers", "5"}, {"operand.bits", "9"}};
        const fuzz::Settings lanes{{"lanes.rows", "2"}, {"lanes.filters", "3"}};
        std::vector<Machine> list{
            {"scnn", with(lt, {grid})},
            {"scnn", with(at, {odd, modelled})},
            {"scnn_sparse_a", with(at, {grid})},
            {"scnn_sparse_a", with(lt, {odd})},
            {"scnn_sparse_w", with(lt, {grid, modelled})},
            {"scnn_sparse_w", with(at, {odd})},
            {"dcnn", with(lt, {grid, modelled})},
            {"dcnn", with(at, {grid})},
            {"dcnn_opt", with(lt, {grid})},
            {"dcnn_opt", with(at, {grid, modelled})},
            {"demm", with(lt, {engine, {{"engine.preload", "hidden"}}})},
            {"demm", with(at, {engine, {{"engine.rho", "per_row"}}})},
            {"dense", with(lt, {few})},
            {"neuromax", with(at, {lanes})},
            {"sparten", with(lt, {clusters})},
            {"sparten", with(at, {clusters, {{"balancing", "gb_s"}, {"barrier", "cell"}}})},
            {"eyeriss_v2", with(lt, {pe_mesh})},
            {"eyeriss_v2", with(at, {pe_mesh, {{"pe.filters", "3"}}})},
            {"phantom2d", with(lt, {mesh})},
            {"phantom2d", with(at, {mesh, {{"output_buffer.depth", "9"}}})},
        };
        const std::pair<const char*, fuzz::Settings> arrays[] = {
            {"systolic_os", {}},
            {"systolic_ws", {}},
            {"systolic_is", {}},
            {"vegeta", {{"array.alpha", "2"}, {"array.beta", "2"}}},
            {"s2ta", {{"tpe.rows", "2"}, {"tpe.columns", "2"}}},
            {"spots", {{"array.split", "2"}}},
            {"tensor_core_24", {{"array.alpha", "2"}}}};
        for (const auto& [kind, settings] : arrays) {
            list.push_back({kind, with(lt, {array, settings})});
            list.push_back({kind, with(at, {array, settings, {{"array.timing", "db"}}})});
        }
        return list;
    }();
    return all;
}

class RandomHost {
  public:
    RandomHost(FuzzedDataProvider& data, Bench& bench) : data_(data), bench_(bench), host_(bench.host()) {}
    void play();

  private:
    sc_core::sc_time some_time(int largest_ns) { return {double(pick(0, largest_ns)), sc_core::SC_NS}; }
    int pick(int low, int high) { return data_.ConsumeIntegralInRange(low, high); }

    std::optional<MemoryImage> lower(const fuzz::Work& work);
    void run_valid_work();
    void start_damaged_work();
    void start_garbage();
    void damage(MemoryImage& image);
    void reshape(MemoryImage& image);
    void start(const MemoryImage& image);
    void access_register();
    void access_memory();
    void fail_bursts();
    void control();
    void pulse_reset();
    void check_fault_address();

    FuzzedDataProvider& data_;
    Bench& bench_;
    Host& host_;
};

void RandomHost::play() {
    for (int steps = 0; steps < 16 && data_.remaining_bytes() > 0; ++steps) {
        switch (pick(0, 11)) {
            case 0:
            case 1:
                run_valid_work();
                break;
            case 2:
            case 3:
            case 4:
                start_damaged_work();
                break;
            case 5:
                start_garbage();
                break;
            case 6:
                access_register();
                break;
            case 7:
                access_memory();
                break;
            case 8:
                fail_bursts();
                break;
            case 9:
                control();
                break;
            case 10:
                pulse_reset();
                break;
            default:
                sc_core::wait(some_time(5000));
                break;
        }
    }
    check_fault_address();
}

// Nothing where the machine refuses the layer.
std::optional<MemoryImage> RandomHost::lower(const fuzz::Work& work) {
    std::optional<MemoryImage> image;
    fuzz::accepts([&] { image = bench_.lowering().lower(work.job(), Bench::kBase); });
    return image && image->end - Bench::kBase <= Bench::kBytes ? image : std::nullopt;
}

// Whatever was done to the platform, it is usable without a reset once it is idle.
void RandomHost::run_valid_work() {
    const fuzz::Work work = fuzz::take_work(data_, bench_.lowering());
    const std::optional<MemoryImage> image = lower(work);
    if (!image) {
        return;
    }
    // What was written with a delay has taken effect then.
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
    if (bench_.busy()) {
        host_.write_register(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
        require(bench_.wait_for_idle(sc_core::sc_time(100, sc_core::SC_US)), "an abort leaves the platform idle");
    }
    bench_.bus().clear_failures();
    const HostOutcome outcome = bench_.run_image(*image);
    // What fits may depend on the values.
    require(outcome.done || outcome.error == NZ_ERROR_CAPACITY, "valid work is done");
    if (outcome.done && !work.count_only) {
        work.check(bench_.lowering(), outcome.output);
    }
}

void RandomHost::start_damaged_work() {
    const fuzz::Work work = fuzz::take_work(data_, bench_.lowering());
    if (std::optional<MemoryImage> image = lower(work)) {
        for (int changes = pick(0, 3); changes > 0; --changes) {
            damage(*image);
        }
        start(*image);
        sc_core::wait(some_time(3000));
    }
}

void RandomHost::damage(MemoryImage& image) {
    const int way = pick(0, 4);
    if (way == 0) {
        reshape(image);
        return;
    }
    if (way <= 2) {
        MemorySegment& segment = image.segments[std::size_t(pick(0, int(image.segments.size()) - 1))];
        fuzz::damage(data_, segment.bytes);
        return;
    }
    // A field of a descriptor.
    std::vector<std::uint8_t>& bytes = image.segments.front().bytes;
    const auto width = std::size_t{1} << pick(0, 3);
    if (bytes.size() < width) {  // cut by damage before
        return;
    }
    const auto place = std::size_t(pick(0, int(bytes.size() / width) - 1)) * width;
    const auto value = pick(0, 1) == 0 ? data_.ConsumeIntegral<std::uint64_t>() : std::uint64_t(pick(0, 20));
    std::memcpy(bytes.data() + place, &value, width);
}

// Another layer than its bytes were made for: descriptors that are sound, over regions that are not theirs.
void RandomHost::reshape(MemoryImage& image) {
    std::vector<std::uint8_t>& bytes = image.segments.front().bytes;
    const auto c = std::uint32_t(pick(1, 40));
    const auto k = std::uint32_t(pick(1, 40));
    const auto h = std::uint32_t(pick(1, 40));
    const auto w = std::uint32_t(pick(1, 40));
    const bool large_regions = pick(0, 1) == 0;
    for (std::size_t place = 0; place + sizeof(nz_descriptor) <= bytes.size(); place += sizeof(nz_descriptor)) {
        nz_descriptor d{};
        std::memcpy(&d, bytes.data() + place, sizeof d);
        const auto outputs = [](std::uint32_t extent, std::uint32_t kernel, std::uint32_t step, std::uint32_t dilation,
                                std::uint32_t pads) {
            const std::uint32_t span = dilation * (kernel - 1) + 1;
            return extent + pads < span || step == 0 ? 0 : (extent + pads - span) / step + 1;
        };
        d.c = c * d.groups;
        d.k = k * d.groups;
        d.h = h;
        d.w = w;
        d.p = outputs(d.h, d.r, d.stride_y, d.dilation_y, std::uint32_t{d.pad_top} + d.pad_bottom);
        d.q = outputs(d.w, d.s, d.stride_x, d.dilation_x, std::uint32_t{d.pad_left} + d.pad_right);
        for (nz_region* region : {&d.input, &d.weights, &d.bias, &d.output, &d.requant, &d.block_index}) {
            region->size = region->address != 0 && large_regions ? Bench::kBytes / 2 : region->size;
        }
        std::memcpy(bytes.data() + place, &d, sizeof d);
    }
}

void RandomHost::start(const MemoryImage& image) {
    for (const MemorySegment& segment : image.segments) {
        host_.write_memory(segment.address, segment.bytes.data(), segment.bytes.size());
    }
    host_.write_register(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE | NZ_STATUS_ERROR);
    host_.write_register(NZ_REG_DESCRIPTOR_ADDRESS_LO, std::uint32_t(image.descriptor_address));
    host_.write_register(NZ_REG_DESCRIPTOR_ADDRESS_HI, std::uint32_t(image.descriptor_address >> 32));
    host_.write_register(NZ_REG_DESCRIPTOR_COUNT, pick(0, 7) == 0 ? std::uint32_t(pick(0, 9)) : image.descriptor_count);
    host_.write_register(NZ_REG_CONTROL, NZ_CONTROL_START);
}

void RandomHost::start_garbage() {
    MemoryImage image;
    image.descriptor_address = Bench::kBase + std::uint64_t(pick(0, 3)) * NZ_DESCRIPTOR_ALIGNMENT;
    image.descriptor_count = std::uint32_t(pick(0, 3));
    image.segments.push_back({"garbage", image.descriptor_address, data_.ConsumeBytes<std::uint8_t>(512)});
    start(image);
    sc_core::wait(some_time(3000));
}

void RandomHost::access_register() {
    constexpr std::uint32_t kOffsets[] = {NZ_REG_ID,
                                          NZ_REG_CONTROL,
                                          NZ_REG_IRQ_ENABLE,
                                          NZ_REG_STATUS,
                                          NZ_REG_ERROR_CODE,
                                          NZ_REG_FAULT_ADDRESS_LO,
                                          NZ_REG_CURRENT_DESCRIPTOR,
                                          NZ_REG_DESCRIPTOR_ADDRESS_LO,
                                          NZ_REG_DESCRIPTOR_ADDRESS_HI,
                                          NZ_REG_DESCRIPTOR_COUNT,
                                          NZ_REG_TOTAL_CYCLES_LO};
    std::vector<unsigned char> bytes(std::size_t(pick(0, 9)));
    std::vector<unsigned char> enables(std::size_t(pick(0, 1) * pick(0, 5)));
    for (std::vector<unsigned char>* part : {&bytes, &enables}) {
        std::ranges::generate(*part, [this] { return data_.ConsumeIntegral<unsigned char>(); });
    }
    const bool regular = pick(0, 2) != 0;
    bytes.resize(regular ? 4 : bytes.size());
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::tlm_command(pick(0, 2)));
    payload.set_address(regular ? data_.PickValueInArray(kOffsets) : data_.ConsumeIntegral<std::uint64_t>());
    payload.set_data_ptr(bytes.data());
    payload.set_data_length(unsigned(bytes.size()));
    payload.set_streaming_width(regular ? 4 : unsigned(pick(0, 9)));
    if (!regular && !enables.empty()) {
        payload.set_byte_enable_ptr(enables.data());
        payload.set_byte_enable_length(unsigned(enables.size()));
    }
    sc_core::sc_time delay = some_time(500);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    switch (pick(0, 2)) {
        case 0:
            host_.csr->b_transport(payload, delay);
            break;
        case 1:
            require(host_.csr->nb_transport_fw(payload, phase, delay) == tlm::TLM_COMPLETED,
                    "registers complete at once");
            break;
        default:
            host_.csr->transport_dbg(payload);
            return;
    }
    require(payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE, "registers answer");
}

void RandomHost::access_memory() {
    const auto address = Bench::kBase + data_.ConsumeIntegralInRange<std::uint64_t>(0, 0x4000);
    const std::vector<std::uint8_t> bytes = data_.ConsumeBytes<std::uint8_t>(std::size_t(pick(1, 64)));
    if (!bytes.empty()) {
        host_.write_memory(address, bytes.data(), bytes.size());
    }
}

void RandomHost::fail_bursts() {
    const auto response = data_.PickValueInArray({tlm::TLM_INCOMPLETE_RESPONSE, tlm::TLM_GENERIC_ERROR_RESPONSE,
                                                  tlm::TLM_ADDRESS_ERROR_RESPONSE, tlm::TLM_COMMAND_ERROR_RESPONSE,
                                                  tlm::TLM_BURST_ERROR_RESPONSE, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE});
    const int first = pick(0, 60);
    for (int burst = first; burst < first + pick(1, 3); ++burst) {
        bench_.bus().fail(std::uint64_t(burst), response);
    }
}

void RandomHost::control() {
    std::uint32_t value = std::uint32_t(pick(0, 15));
    tlm::tlm_generic_payload payload;
    payload.set_write();
    payload.set_address(NZ_REG_CONTROL);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(sizeof value);
    payload.set_streaming_width(sizeof value);
    sc_core::sc_time delay = some_time(300);
    host_.csr->b_transport(payload, delay);
    sc_core::wait(some_time(300));
}

void RandomHost::pulse_reset() {
    bench_.drive_reset(true);
    sc_core::wait(some_time(100));
    bench_.drive_reset(false);
    sc_core::wait(some_time(100));
}

// A fault of the bus names the burst as the platform asked for it, wherever the bus sent it.
void RandomHost::check_fault_address() {
    const std::uint32_t error = host_.read_register(NZ_REG_ERROR_CODE);
    const std::set<std::uint64_t> failed = bench_.bus().take_failed();
    if ((error == NZ_ERROR_BUS || error == NZ_ERROR_BUS_ADDRESS) && !failed.empty()) {
        const std::uint64_t address = host_.read_counter(NZ_REG_FAULT_ADDRESS_LO);
        // What wraps around the address space never reaches the bus.
        require(failed.contains(address) || address > Bench::kBase << 32, "a fault address is that of a burst");
    }
}

std::vector<std::unique_ptr<Bench>> make_benches() {
    std::vector<std::unique_ptr<Bench>> benches;
    for (const Machine& machine : machines()) {
        benches.push_back(
            std::make_unique<Bench>("m" + std::to_string(benches.size()), machine.kind, machine.settings,
                                    [](FuzzedDataProvider& data, Bench& bench) { RandomHost(data, bench).play(); }));
    }
    return benches;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    // The benches and the kernel live until the process ends: a simulation cannot be taken down and built anew.
    static const auto& benches = *new std::vector(make_benches());
    FuzzedDataProvider data(bytes, size);
    Bench& bench = *benches[data.ConsumeIntegralInRange<std::size_t>(0, benches.size() - 1)];
    try {
        bench.run(data);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "exception: %s\n", error.what());
        require(false, "nothing escapes from a simulation");
    }
    return 0;
}
