// Operands as the machines store them: what is packed unpacks to the same, and damaged bytes are refused or unpacked.

#include <algorithm>
#include <stdexcept>

#include "fuzz/support.h"
#include "models/demm/packed_rows.h"
#include "models/scnn/neuron_weights.h"
#include "models/systolic/packed_weights.h"

using namespace nonzero;
using fuzz::require;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Values = std::vector<std::int16_t>;

Values non_zeros_of(std::span<const std::int16_t> values) {
    Values kept;
    std::ranges::copy_if(values, std::back_inserter(kept), [](std::int16_t value) { return value != 0; });
    return kept;
}

void check_neurons(FuzzedDataProvider& data) {
    const OperandFormat format{
        data.PickValueInArray({BlockFormat::zero_run4, BlockFormat::zero_run16, BlockFormat::dense}), 16};
    const auto inputs = data.ConsumeIntegralInRange<std::size_t>(0, 6);
    const auto neurons = data.ConsumeIntegralInRange<std::size_t>(1, 40);
    const Values weights = fuzz::sparse_values(data, inputs * neurons);
    const SeriesShape shape{{neurons}, inputs};
    Bytes bytes;
    append_series(weights, shape, format, bytes);
    scnn::NeuronWeights unpacked;
    const auto check = [&] {
        Values decoded(weights.size());
        for (std::size_t input = 0; input < inputs; ++input) {
            const auto values = unpacked.values(input);
            const auto places = unpacked.neurons(input);
            for (std::size_t n = 0; n < values.size(); ++n) {
                require(places[n] < neurons, "a weight belongs to a neuron");
                decoded[input * neurons + places[n]] = values[n];
            }
        }
        return decoded;
    };
    require(unpacked.decode(bytes, shape, format, 32768), "packed weights are taken");
    require(check() == weights, "weights unpack to what was packed");
    fuzz::damage(data, bytes);
    if (unpacked.decode(bytes, shape, format, 1 << data.ConsumeIntegralInRange(1, 15))) {
        check();
    }
}

void check_demm(FuzzedDataProvider& data) {
    const NmTileFormat format{data.ConsumeIntegralInRange(1, 5), data.PickValueInArray({7, 128, 300})};
    const auto rows = data.ConsumeIntegralInRange<std::size_t>(1, 6);
    const auto columns = data.ConsumeIntegralInRange<std::size_t>(1, std::size_t(std::min(format.depth, 30)));
    const Values matrix = fuzz::sparse_values(data, rows * columns);
    const auto tile = encode_nm_tile({matrix.data(), rows, columns, columns}, format);
    require(tile.has_value(), "a tile takes the slots that it needs");
    const demm::RowRule rule{format.ports, int(columns), 16, std::nullopt};
    const auto arranged = demm::arrange_rows(*tile, rule);
    require(arranged.has_value() && arranged->weights == non_zeros_of(matrix).size(), "rows keep every weight");
    Bytes bytes;
    append_nm_tile(*tile, format, bytes);
    fuzz::damage(data, bytes);
    demm::RowRule narrow = rule;
    narrow.operand_bits = data.ConsumeIntegralInRange(2, 16);
    if (data.ConsumeBool()) {
        narrow.uniform = data.ConsumeIntegralInRange(1, 8);
    }
    std::span<const std::uint8_t> rest(bytes);
    while (const auto taken = take_nm_tile(rest, format)) {
        demm::arrange_rows(*taken, narrow);
    }
    std::vector<std::uint16_t> counts(rows);
    std::ranges::generate(counts, [&data] { return data.ConsumeIntegral<std::uint16_t>(); });
    demm::count_rows(counts, narrow);
}

systolic::ArrayParameters take_array(FuzzedDataProvider& data) {
    using systolic::ArrayKind;
    systolic::ArrayParameters array = systolic::default_parameters(
        data.PickValueInArray({ArrayKind::output_stationary, ArrayKind::weight_stationary, ArrayKind::input_stationary,
                               ArrayKind::vegeta, ArrayKind::tensor_core_24, ArrayKind::s2ta, ArrayKind::spots}));
    if (data.ConsumeBool()) {
        array.rows = 8;
        array.columns = 4;
    }
    return array;
}

void check_systolic(FuzzedDataProvider& data) {
    const systolic::ArrayParameters array = take_array(data);
    const systolic::LayerSize size{data.ConsumeIntegralInRange<std::size_t>(1, 3),
                                   data.ConsumeIntegralInRange<std::size_t>(1, 9),
                                   data.ConsumeIntegralInRange<std::size_t>(1, 24)};
    const Values matrix = fuzz::sparse_values(data, size.groups * size.rows * size.columns);
    const systolic::ArrayGeometry geometry = make_geometry(array, int(size.rows));
    Bytes bytes;
    systolic::append_packed(geometry, size, matrix, std::nullopt, bytes);
    require(bytes.size() <= systolic::largest_packed_bytes(geometry, size), "weights take no more than their limit");
    const auto packed = systolic::read_packed(geometry, size, std::nullopt, bytes);
    require(packed.has_value() && packed->bytes == bytes.size(), "packed weights are read whole");
    for (std::size_t row = 0; row < size.groups * size.rows; ++row) {
        const auto stored = std::span(packed->values)
                                .subspan(packed->row_begin[row], packed->row_begin[row + 1] - packed->row_begin[row]);
        require(non_zeros_of(stored) == non_zeros_of(std::span(matrix).subspan(row * size.columns, size.columns)),
                "a row keeps its weights in their order");
    }
    Bytes counts;
    systolic::append_counts(geometry, size, matrix, std::nullopt, counts);
    require(counts.size() == systolic::counts_bytes(geometry, size), "counts have their size");
    const auto counted = systolic::read_counts(geometry, size, std::nullopt, counts);
    require(counted.has_value() && counted->bytes == packed->bytes && counted->row_slots == packed->row_slots,
            "counts and weights agree");

    const std::optional<int> uniform =
        data.ConsumeBool() ? std::optional(data.ConsumeIntegralInRange(1, 8)) : std::nullopt;
    fuzz::damage(data, bytes);
    systolic::read_packed(geometry, size, uniform, bytes);
    fuzz::damage(data, counts);
    systolic::read_counts(geometry, size, uniform, counts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    FuzzedDataProvider data(bytes, size);
    switch (data.ConsumeIntegralInRange(0, 2)) {
        case 0:
            check_neurons(data);
            break;
        case 1:
            check_demm(data);
            break;
        default:
            check_systolic(data);
            break;
    }
    return 0;
}
