#include "models/post/read_post_processor.h"

#include <bit>

#include "models/engine/descriptor_tables.h"

namespace nonzero {

// The host interface is little endian and read into its structs as it is.
static_assert(std::endian::native == std::endian::little);

PostProcessor read_post_processor(const nz_descriptor& descriptor, WorkContext& context, int accumulator_bits,
                                  int operand_bits) {
    PostProcessor post;
    post.accumulator_bits =
        descriptor.accumulator_type != NZ_TYPE_DEFAULT ? descriptor.accumulator_type : accumulator_bits;
    if (descriptor.output_type == NZ_TYPE_RAW64 || (descriptor.flags & NZ_FLAG_COUNT_ONLY) != 0) {
        return post;
    }
    post.output_bits = descriptor.output_type != NZ_TYPE_DEFAULT ? descriptor.output_type : operand_bits;
    post.relu = (descriptor.flags & NZ_FLAG_RELU) != 0;
    post.output_zero_point = descriptor.output_zero_point;
    post.clamp_low = descriptor.clamp_low;
    post.clamp_high = descriptor.clamp_high;
    if (descriptor.bias.size != 0) {
        post.bias = read_table<std::int64_t>(context, descriptor.bias, descriptor.k);
    }
    if ((descriptor.flags & NZ_FLAG_REQUANTISE) != 0) {
        post.requant = read_table<nz_requant>(context, descriptor.requant, descriptor.k);
        for (const nz_requant& scale : post.requant) {
            if (scale.shift < -31 || scale.shift > 31) {
                throw Fault{NZ_ERROR_DATA, descriptor.requant.address};
            }
        }
    }
    return post;
}

}  // namespace nonzero
