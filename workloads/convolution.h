#pragma once
// The reference convolution, exact and near what the machine multiplies in a second: a product of the weights, as they
// are stored, and of the inputs that each output reads, laid side by side for a few outputs at a time. It knows no
// dataflow of any accelerator. Sums of kBlockTerms products are 32 bits wide and then added in 64 bits; where largest
// magnitudes do not prove that they fit, the weights are taken as two digits of 8 bits, which always do.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "workloads/block_products.h"
#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero {

// Of a layer that validate() accepts; tensors of another shape are an InputError. Layer and weights have to outlive it.
class Convolution {
  public:
    Convolution(const Layer& layer, const Operands& input, const Operands& weights,
                const BlockKernel& kernel = block_kernels().front());

    // The output channels begin .. end - 1 of sums, which has the shape of the layer's output and is zero there.
    // Threads may call it at the same time for channels of their own.
    void add_channels(int begin, int end, Psums& sums) const;

  private:
    // Neighbouring outputs of one row: what they read through a tap lies side by side, too.
    struct InputRun {
        std::size_t source;  // of the first one, in the planes of the first tap
        std::size_t count;
    };
    // Some outputs of every channel.
    struct Block {
        std::size_t first;
        std::size_t count;
        std::size_t lanes;  // count, rounded up to kBlockLanes
        std::vector<InputRun> runs;
    };
    struct Channels {
        int begin;
        int end;
    };

    void lay_out_planes(const Operands& input);
    void find_taps();
    Block block_of(std::size_t first) const;
    void fill_line(const Block& block, std::size_t source, std::int16_t* line) const;
    void fill_panel(const Block& block, int group, std::size_t first_term, std::size_t terms,
                    std::int16_t* panel) const;
    void multiply_panel(const Block& block, Channels channels, std::size_t first_term, std::size_t terms,
                        const std::vector<char>& narrow, const std::int16_t* panel, Psums& sums) const;
    void add_positions(int group, Channels channels, Psums& sums) const;
    void add_position(int group, Channels channels, Psums& sums) const;
    const std::int16_t* filter(int k) const { return weights_.data.data() + std::size_t(k) * taps_.size(); }

    Layer layer_;
    const Operands& weights_;
    const BlockKernel& kernel_;
    std::size_t rows_ = 0;     // of a plane with its padding
    std::size_t columns_ = 0;  // of those with the same remainder of their number by the stride
    std::size_t plane_ = 0;    // elements of a channel
    // [channel][image][row][column % stride][column / stride], padding stored: every tap reads neighbours.
    std::vector<std::int16_t> planes_;
    std::vector<std::size_t> taps_;  // where a filter's weights read, from the place of an output in the planes
    std::int64_t largest_input_ = 0;
};

}  // namespace nonzero
