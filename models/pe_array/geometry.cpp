#include "models/pe_array/geometry.h"

#include <algorithm>

namespace nonzero::pe_array {

Range PeArrayGeometry::channels_of(int pe) const {
    return fully_connected ? balanced_part(shape.K, pes(), pe) : Range{0, shape.K};
}

ChannelGroup PeArrayGeometry::group_of(int index, int pe) const {
    const ChannelGroup& group = channel_groups[std::size_t(index)];
    if (!fully_connected) {
        return group;
    }
    const Range neurons = channels_of(pe);
    const int begin = std::min(neurons.begin + group.k_begin, neurons.end);
    return {group.convolution_group, begin, std::min(group.k_count, neurons.end - begin)};
}

void PeArrayGeometry::cut_channels(int kc) {
    int channels = shape.K / shape.groups;
    if (fully_connected) {
        channels = 0;
        for (int pe = 0; pe < pes(); ++pe) {
            channels = std::max(channels, channels_of(pe).size());
        }
    }
    for (int group = 0; group < shape.groups; ++group) {
        for (int k = 0; k < channels; k += kc) {
            channel_groups.push_back({group, group * channels + k, std::min(kc, channels - k)});
        }
    }
}

}  // namespace nonzero::pe_array
