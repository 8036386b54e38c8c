#include "workloads/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <unordered_map>
#include <vector>

#include "workloads/quoted_name.h"
#include "workloads/text_table.h"

namespace nonzero {

namespace {

constexpr std::size_t columns = 13;
constexpr std::size_t text_columns = 2;  // left-aligned; the others are right-aligned
using Row = std::array<std::string, columns>;

std::string with_separators(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t end = digits.size(); end > 3; end -= 3) {
        digits.insert(end - 3, 1, ',');
    }
    return digits;
}

std::string pair(int rows, int across) {
    return fmt::format("{}x{}", rows, across);
}

std::string kernel_of(const Layer& layer) {
    const bool dilated = layer.dilation_y != 1 || layer.dilation_x != 1;
    return pair(layer.KH, layer.KW) + (dilated ? " d" + pair(layer.dilation_y, layer.dilation_x) : "");
}

std::string stride_of(const Layer& layer) {
    return layer.stride_y == layer.stride_x ? std::to_string(layer.stride_y) : pair(layer.stride_y, layer.stride_x);
}

std::string pad_of(const Padding& pad) {
    const bool equal = pad == Padding{pad.top, pad.top, pad.top, pad.top};
    return equal ? std::to_string(pad.top) : fmt::format("{},{},{},{}", pad.top, pad.left, pad.bottom, pad.right);
}

std::string density_of(const std::optional<double>& density) {
    return density ? fmt::format("{:.5g}", *density) : "-";
}

// In order of first use; layers refer to them by number.
struct Sources {
    std::vector<std::string> texts;
    std::unordered_map<std::string, std::size_t> places;
};

std::string source_of(const Layer& layer, Sources& sources) {
    if (layer.density_source.empty()) {
        return "-";
    }
    const auto [place, is_new] = sources.places.emplace(layer.density_source, sources.texts.size());
    if (is_new) {
        sources.texts.push_back(layer.density_source);
    }
    return fmt::format("[{}]", place->second + 1);
}

std::string kind_of(const Layer& layer) {
    return std::string(to_string(layer.kind)) + (layer.batch > 1 ? fmt::format(" x{}", layer.batch) : "") +
           (layer.stem                       ? " (stem)"
            : layer.activation_by_activation ? " (act. x act.)"
                                             : "");
}

Row row_of(const Layer& layer, Sources& sources) {
    const bool windowed = !layer.is_product() && layer.kind != LayerKind::add && layer.kind != LayerKind::concat;
    return {layer.name,
            kind_of(layer),
            fmt::format("{}x{}x{}", layer.C, layer.H, layer.W),
            fmt::format("{}x{}x{}", layer.K, layer.P(), layer.Q()),
            windowed ? kernel_of(layer) : "-",
            windowed ? stride_of(layer) : "-",
            windowed ? pad_of(layer.pad) : "-",
            layer.has_weights() ? std::to_string(layer.groups) : "-",
            layer.has_weights() ? with_separators(layer.dense_macs()) : "-",
            layer.weights() > 0 ? with_separators(layer.weights()) : "-",
            density_of(layer.weight_density),
            density_of(layer.activation_density),
            source_of(layer, sources)};
}

struct Total {
    std::string name;
    std::size_t layers = 0;
    std::uint64_t macs = 0;
    std::uint64_t weights = 0;
    void add(const Layer& layer) {
        ++layers;
        macs += layer.dense_macs();
        weights += layer.weights();
    }
};

std::vector<Row> total_rows(const Network& network) {
    Total stem{"total stem"};
    Total convolution{"total convolution"};
    Total fully_connected{"total fully connected"};
    Total matmul{"total matmul"};
    Total attention{"total act. x act."};
    Total all{"total"};
    for (const Layer* layer : network.weighted_layers(true)) {
        (layer->stem                                 ? stem
         : layer->activation_by_activation           ? attention
         : layer->kind == LayerKind::fully_connected ? fully_connected
         : layer->kind == LayerKind::matmul          ? matmul
                                                     : convolution)
            .add(*layer);
        all.add(*layer);
    }
    std::vector<Row> rows;
    for (const Total& total : {stem, convolution, fully_connected, matmul, attention, all}) {
        if (total.layers > 0) {
            Row row;
            row[0] = total.name;
            row[1] = fmt::format("{} {}", total.layers, total.layers == 1 ? "layer" : "layers");
            row[8] = with_separators(total.macs);
            row[9] = total.weights > 0 ? with_separators(total.weights) : "-";
            rows.push_back(row);
        }
    }
    return rows;
}

std::vector<std::string> cells_of(const Row& row) {
    return {row.begin(), row.end()};
}

TextTable table_of(const std::vector<const Row*>& rows, std::size_t width) {
    std::vector<TextTable::Align> align(columns, TextTable::Align::right);
    std::fill_n(align.begin(), text_columns, TextTable::Align::left);
    TextTable table(std::move(align));
    for (const Row* row : rows) {
        table.widen(cells_of(*row));
    }
    table.fit(width);
    return table;
}

}  // namespace

std::string describe(const Network& network, std::size_t width) {
    const Row header = {"layer",  "kind",       "input",   "output",         "kernel",       "stride", "pad",
                        "groups", "dense MACs", "weights", "weight density", "act. density", "source"};
    Sources sources;
    std::vector<Row> rows;
    for (const Layer& layer : network.layers) {
        rows.push_back(row_of(layer, sources));
    }
    const std::vector<Row> totals = total_rows(network);

    std::vector<const Row*> all{&header};
    const auto place = [](const Row& row) { return &row; };
    std::transform(rows.begin(), rows.end(), std::back_inserter(all), place);
    std::transform(totals.begin(), totals.end(), std::back_inserter(all), place);
    TextTable table = table_of(all, width);

    std::string text =
        shown_text(network.name) + (network.title.empty() ? "" : ": " + shown_text(network.title)) + "\n";
    if (!network.source.empty()) {
        text += "source: " + shown_text(network.source) + "\n";
    }
    text += "\n";
    text += table.line(cells_of(header));
    for (const Row& row : rows) {
        text += table.line(cells_of(row));
    }
    text += table.line({});
    for (const Row& row : totals) {
        text += table.line(cells_of(row));
    }
    text += table.rest();
    if (!sources.texts.empty()) {
        text += "\nDensity is the fraction of non-zeros, of the weights and of the layer's input:\n";
        for (std::size_t i = 0; i < sources.texts.size(); ++i) {
            text += fmt::format("[{}] {}\n", i + 1, shown_text(sources.texts[i]));
        }
    }
    return wrap_lines(text, width);
}

}  // namespace nonzero
