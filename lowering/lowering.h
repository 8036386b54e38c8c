#pragma once
// Lowering: host-side code that turns a layer with tensors into the descriptors and packed bytes that a machine reads,
// and decodes what it wrote. Plain C++; every platform implements it for its own formats.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/base/shared_bytes.h"
#include "models/host/host_interface.h"
#include "workloads/layer.h"
#include "workloads/nm_pattern.h"
#include "workloads/pooling.h"
#include "workloads/reference.h"
#include "workloads/tensor.h"

namespace nonzero {

// How an array of PEs works a matrix product: its rows as the positions of planes that are cut over the PEs, or its
// outputs as neurons that are split over them, row by row.
struct ProductLayout {
    enum class Over { positions, neurons };
    Over over = Over::positions;
    int rows = 1, columns = 1;  // of a plane
    int runs = 1;               // descriptors that compute
    friend bool operator==(const ProductLayout& a, const ProductLayout& b) {
        return a.over == b.over && a.rows == b.rows && a.columns == b.columns && a.runs == b.runs;
    }
};

struct LayerJob {
    const Layer* layer = nullptr;
    const Operands* input = nullptr;
    const Operands* weights = nullptr;
    // Who holds the two, where an image may refer to them: those that lie in memory as they are here are not copied.
    std::shared_ptr<const void> tensors_owner{};
    // N:M structure that the weights keep, for machines that gain by it (columns: workloads/gemm.h).
    std::optional<NmPattern> pattern;
    // What becomes of the sums: absent = RAW64, the accumulators themselves.
    std::optional<PostProcessing> post_processing;
    // After it; the stored output then is K x pooling.outputs(P) x pooling.outputs(Q). Only with post_processing.
    std::optional<Pooling> pooling;
    bool count_only = false;  // cycles and counters, no values
    // As Lowering::layout() has decided for this job; absent: lowering decides again.
    std::optional<ProductLayout> layout;
};

struct MemorySegment {
    std::string name;  // "input", "weights", "descriptors" …
    std::uint64_t address = 0;
    std::vector<std::uint8_t> bytes;
    // In place of bytes, of a job with a tensors_owner: one after another, without gaps.
    std::vector<SharedBytes> pieces{};
};

// What one descriptor of a chain writes.
struct ImageOutput {
    std::uint32_t descriptor = 0;
    nz_region region{};  // address and capacity
};

struct MemoryImage {
    std::vector<MemorySegment> segments;
    std::uint64_t descriptor_address = 0;
    std::uint32_t descriptor_count = 0;
    std::vector<ImageOutput> outputs;  // of a batch one per image
    std::uint64_t status_records = 0;  // address of the first of descriptor_count records
    std::uint64_t end = 0;             // first byte behind everything, outputs included
};

class ImageBuilder;
struct LayerPart;

class Lowering {
  public:
    virtual ~Lowering() = default;

    // Throws InputError naming the layer when this machine cannot run it (kind, dilation, accumulators too small …).
    virtual void check(const Layer& layer) const = 0;
    // Whether LayerJob::pooling may be asked for.
    virtual bool pools() const { return false; }
    // Of a matrix product where the machine has a choice; nothing else has one.
    virtual std::optional<ProductLayout> layout(const LayerJob&) const { return std::nullopt; }
    // Units that the plane of a convolution leaves without work.
    virtual int idle_units(const Layer&) const { return 0; }
    // Image with everything from `base` on (256-byte aligned).
    MemoryImage lower(const LayerJob& job, std::uint64_t base) const;
    // Bytes of each output for a result; what the machine is expected to write. Sums are RAW64 on every platform: dense
    // K x P x Q int64, little endian.
    std::vector<std::vector<std::uint8_t>> encode_outputs(const LayerJob& job, const Psums& sums) const;
    std::vector<std::vector<std::uint8_t>> encode_outputs(const LayerJob& job, const Operands& output) const;
    // … one after another.
    std::vector<std::uint8_t> encode(const LayerJob& job, const Psums& sums) const;
    std::vector<std::uint8_t> encode(const LayerJob& job, const Operands& output) const;
    // The result out of the bytes that the machine wrote, its outputs one after another; throws InputError when they
    // are malformed.
    Psums decode_sums(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const;
    Operands decode_output(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const;
    virtual int accumulator_bits() const = 0;
    virtual int operand_bits() const = 0;

  protected:
    // The layers that the machine runs for the job's; parts of a group stand together.
    virtual std::vector<LayerPart> parts_of(const LayerJob& job) const;
    // The descriptors of one part, the one that computes last. before: that of a part with the same weights, which it
    // then shares, and with them bias and requantisation; or null.
    virtual std::vector<nz_descriptor> lower_part(const LayerJob& part, ImageBuilder& image,
                                                  const nz_descriptor* before) const = 0;
    virtual std::vector<std::uint8_t> encode_part(const LayerJob& part, const Operands& output) const = 0;
    // The output that stands `at` a place of the bytes, which moves behind it; nullopt when it is malformed.
    virtual std::optional<Operands> decode_part(const LayerJob& part, const std::vector<std::uint8_t>& bytes,
                                                std::size_t& at) const = 0;
};

// Lays out segments one after another, each 256-byte aligned; room for the descriptors and their status records comes
// first.
class ImageBuilder {
  public:
    ImageBuilder(std::uint64_t base, std::size_t most_descriptors);
    // Ends the names of the segments that follow.
    void set_suffix(std::string suffix) { suffix_ = std::move(suffix); }
    // An empty segment gets no address: {0, 0}.
    nz_region add(const std::string& name, std::vector<std::uint8_t> bytes);
    nz_region add(const std::string& name, std::vector<SharedBytes> pieces);
    nz_region reserve(std::uint64_t bytes);
    // The image of a chain of descriptors. Links them and gives each its status record.
    MemoryImage finish(std::vector<nz_descriptor> chain);

  private:
    std::uint64_t next_;
    std::string suffix_;
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
// image, or those of the descriptor before. The output's region is the platform's.
void describe_output(const LayerJob& job, ImageBuilder& image, const nz_descriptor* before, nz_descriptor& descriptor);

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
