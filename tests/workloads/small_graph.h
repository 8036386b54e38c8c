#pragma once
// A data set of 8-bit numbers whose layers read each other: made in a test's own folder, run in milliseconds.

#include <nlohmann/json.hpp>
#include <string>

namespace nonzero::test {

// network.json with an input of 3 x 6 x 6 and five layers:
//   a (convolution, relu), b (1x1, of a), c (depthwise, relu6, reads the add of b's output and b's input, with ReLU),
//   d (1x1, stride 2, reads what c reads), e (fully connected, reads the mean of c's output).
// The scales of b's weights are in its .npz file. One photo "cat".
nlohmann::ordered_json small_graph();
// Writes it and the .npz files.
void write_small_graph(const std::string& directory, const nlohmann::ordered_json& network = small_graph());

}  // namespace nonzero::test
