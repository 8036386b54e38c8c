#pragma once
// A layer on an array of PEs: what does not depend on how a machine cuts its inputs. Plain C++. A machine's own
// geometry derives from it.
//
// Output channels are worked in groups. Of a convolution all PEs work the same ones, each on its part of the plane; of
// a fully connected layer every PE has all inputs and the neurons [floor(i*K/pes), floor((i+1)*K/pes))
// (scnn_facts.md 10.4).

#include <vector>

#include "models/base/planar_split.h"
#include "models/pe_array/convolution_shape.h"

namespace nonzero::pe_array {

// Output channels that are computed side by side.
struct ChannelGroup {
    int convolution_group;
    int k_begin;  // fully connected: counted from each PE's first neuron
    int k_count;  // fully connected: of the PE that has most of them
};

struct PeArrayGeometry {
    ConvolutionShape shape;
    bool fully_connected = false;
    int pe_rows = 0;
    int pe_columns = 0;
    std::vector<ChannelGroup> channel_groups;

    int pes() const { return pe_rows * pe_columns; }
    int channels_per_convolution_group() const { return shape.C / shape.groups; }
    // The output channels of a PE: all, or its neurons.
    Range channels_of(int pe) const;
    // What a PE works in a group: the group, or its own neurons of it, perhaps none.
    ChannelGroup group_of(int index, int pe) const;
    // Fills channel_groups: runs of kc, which do not reach over convolution groups.
    void cut_channels(int kc);
};

}  // namespace nonzero::pe_array
