#pragma once
// Lowering: host-side code that turns a layer with tensors into the descriptors and packed bytes that a machine reads,
// and decodes what it wrote. Plain C++; every platform implements it for its own formats.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/common/host_interface.h"
#include "workloads/layer.h"
#include "workloads/nm.h"
#include "workloads/pooling.h"
#include "workloads/reference.h"
#include "workloads/tensor.h"

namespace nonzero {

struct LayerJob {
    const Layer* layer = nullptr;
    const Operands* input = nullptr;
    const Operands* weights = nullptr;
    // N:M structure that the weights keep, for machines that gain by it (columns: workloads/gemm.h).
    std::optional<NmPattern> pattern;
    // What becomes of the sums: absent = RAW64, the accumulators themselves.
    std::optional<PostProcessing> post_processing;
    // After it; the stored output then is K x pooling.outputs(P) x pooling.outputs(Q). Only with post_processing.
    std::optional<Pooling> pooling;
    bool count_only = false;  // cycles and counters, no values
};

struct MemorySegment {
    std::string name;  // "input", "weights", "descriptors" …
    std::uint64_t address = 0;
    std::vector<std::uint8_t> bytes;
};

struct MemoryImage {
    std::vector<MemorySegment> segments;
    std::uint64_t descriptor_address = 0;
    std::uint32_t descriptor_count = 0;
    nz_region output{};                // address and capacity
    std::uint64_t status_records = 0;  // address of the first of descriptor_count records
    std::uint64_t end = 0;             // first byte behind everything, output included
};

class Lowering {
  public:
    virtual ~Lowering() = default;

    // Throws InputError naming the layer when this machine cannot run it (kind, dilation, accumulators too small …).
    virtual void check(const Layer& layer) const = 0;
    // Whether LayerJob::pooling may be asked for.
    virtual bool pools() const { return false; }
    // Image with everything from `base` on (256-byte aligned).
    virtual MemoryImage lower(const LayerJob& job, std::uint64_t base) const = 0;
    // Output bytes for a result; what the machine is expected to write. Sums are RAW64 on every platform: dense
    // K x P x Q int64, little endian.
    std::vector<std::uint8_t> encode(const LayerJob& job, const Psums& sums) const;
    virtual std::vector<std::uint8_t> encode(const LayerJob& job, const Operands& output) const = 0;
    // The result out of the bytes that the machine wrote; throws InputError when they are malformed.
    Psums decode_sums(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const;
    virtual Operands decode_output(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const = 0;
    virtual int accumulator_bits() const = 0;
    virtual int operand_bits() const = 0;
};

// Lays out segments one after another, each 256-byte aligned; room for the descriptors and their status records comes
// first.
class ImageBuilder {
  public:
    ImageBuilder(std::uint64_t base, std::size_t most_descriptors);
    // An empty segment gets no address: {0, 0}.
    nz_region add(const std::string& name, std::vector<std::uint8_t> bytes);
    nz_region reserve(std::uint64_t bytes);
    // The image of a chain of descriptors, whose last one writes the output. Links them and gives each its status
    // record.
    MemoryImage finish(std::vector<nz_descriptor> chain);

  private:
    std::uint64_t next_;
    nz_region descriptors_;
    nz_region status_records_;
    std::vector<MemorySegment> segments_;
};

// CONV, DEPTHWISE or FULLY_CONNECTED, as the layer's kind.
nz_opcode opcode_of(const Layer& layer);

// The fields of a descriptor that follow from the layer alone.
nz_descriptor describe_layer(const Layer& layer, nz_opcode opcode);

// Throws InputError naming the layer when it is padded by more than its kernel, which no descriptor may say.
void check_padding(const Layer& layer);

// Throws InputError naming the layer unless both operands have the layer's shape and fit `operand_bits`.
void check_operands(const LayerJob& job, int operand_bits);

// What becomes of the sums, as the job says: flags and types of the descriptor, and bias and requantisation in the
// image. The output's region is the platform's.
void describe_output(const LayerJob& job, ImageBuilder& image, nz_descriptor& descriptor);

// Why the host interface cannot express a pooling behind a layer, or nothing where it can.
std::optional<std::string> pooling_refusal(const Layer& layer, const Pooling& pooling);

// The pooling that the job asks for, if any; InputError naming the layer where the host interface cannot express it,
// nothing of the layer would be left, or the outputs are not stored values.
void describe_pooling(const LayerJob& job, nz_descriptor& descriptor);

// Shape of the stored output: K x P x Q, after pooling.
std::vector<std::size_t> stored_shape(const LayerJob& job);

template <class Item>
std::vector<std::uint8_t> to_bytes(const std::vector<Item>& items) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(items.data());
    return {first, first + items.size() * sizeof(Item)};
}

}  // namespace nonzero
