/*
 * Host interface of every nonzero platform: register map, descriptor and status record. Plain C (C99 and C++17), so
 * that firmware includes it unchanged. Everything is little endian.
 *
 * Registers: 32-bit accesses only, window of 4 KiB. 64-bit RO values are LO/HI pairs; reading LO latches HI. A write of
 * an RO register and any access of an offset without a register get a bus error. After reset everything reads 0 but ID,
 * VERSION, CAPABILITIES and STATUS (IDLE). Poll STATUS for DONE or ERROR; after ABORT or SOFT_RESET wait for IDLE.
 * Memory: descriptors are 256 bytes, 256-byte aligned, chained by `next`.
 */
#ifndef NONZERO_HOST_INTERFACE_H
#define NONZERO_HOST_INTERFACE_H

/* NOLINTBEGIN(modernize-deprecated-headers,readability-identifier-naming): the header and the names of C */
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ registers (byte offsets from the window's base) */
#define NZ_REG_ID 0x000u               /* RO  NZ_ID_VALUE */
#define NZ_REG_VERSION 0x004u          /* RO  NZ_INTERFACE_VERSION */
#define NZ_REG_CAPABILITIES 0x008u     /* RO  NZ_CAP_* */
#define NZ_REG_CONTROL 0x00Cu          /* WO  NZ_CONTROL_*, write one; reads 0 */
#define NZ_REG_IRQ_ENABLE 0x010u       /* RW  NZ_STATUS_DONE | NZ_STATUS_ERROR */
#define NZ_REG_STATUS 0x014u           /* RO/W1C NZ_STATUS_* */
#define NZ_REG_ERROR_CODE 0x018u       /* RO  NZ_ERROR_*, of the last error; cleared with STATUS.ERROR */
#define NZ_REG_FAULT_ADDRESS_LO 0x020u /* RO  memory address the error speaks of, or 0; cleared with STATUS.ERROR */
#define NZ_REG_FAULT_ADDRESS_HI 0x024u
#define NZ_REG_CURRENT_DESCRIPTOR 0x028u    /* RO  index of the descriptor at work, from 0 */
#define NZ_REG_DESCRIPTOR_ADDRESS_LO 0x030u /* RW  first descriptor of the chain */
#define NZ_REG_DESCRIPTOR_ADDRESS_HI 0x034u /* RW */
#define NZ_REG_DESCRIPTOR_COUNT 0x038u      /* RW  descriptors to run, at least 1 */
/* 64-bit counters (RO, LO/HI), cleared by reset only; layers and transfers count when they end well */
#define NZ_REG_COUNTERS 0x100u
#define NZ_REG_LAYER_CYCLES_LO 0x100u /* cycles of the last finished layer, without set-up */
#define NZ_REG_LAYER_CYCLES_HI 0x104u
#define NZ_REG_TOTAL_CYCLES_LO 0x108u /* sum of layer cycles */
#define NZ_REG_TOTAL_CYCLES_HI 0x10Cu
#define NZ_REG_PRODUCTS_LO 0x110u /* products of two stored operands */
#define NZ_REG_PRODUCTS_HI 0x114u
#define NZ_REG_USEFUL_PRODUCTS_LO 0x118u /* products accumulated into an output */
#define NZ_REG_USEFUL_PRODUCTS_HI 0x11Cu
#define NZ_REG_DMA_READ_BYTES_LO 0x120u
#define NZ_REG_DMA_READ_BYTES_HI 0x124u
#define NZ_REG_DMA_WRITE_BYTES_LO 0x128u
#define NZ_REG_DMA_WRITE_BYTES_HI 0x12Cu
#define NZ_REG_OVERFLOWS_LO 0x130u /* outputs whose exact sum is out of the accumulator's range */
#define NZ_REG_OVERFLOWS_HI 0x134u
#define NZ_REG_DESCRIPTORS_DONE_LO 0x138u
#define NZ_REG_DESCRIPTORS_DONE_HI 0x13Cu
#define NZ_REGISTER_WINDOW 0x1000u

#define NZ_ID_VALUE 0x4E5A0001u          /* "NZ", layout 1 */
#define NZ_INTERFACE_VERSION 0x00010000u /* major.minor, 16 bit each */

#define NZ_CONTROL_START 0x1u
#define NZ_CONTROL_ABORT 0x2u
#define NZ_CONTROL_SOFT_RESET 0x4u

#define NZ_STATUS_IDLE 0x1u
#define NZ_STATUS_BUSY 0x2u
#define NZ_STATUS_DONE 0x4u  /* W1C */
#define NZ_STATUS_ERROR 0x8u /* W1C */

/* capabilities: opcodes that the platform runs, bit number = opcode */

/* ------------------------------------------------------------------------------------------------------ descriptor */
enum nz_opcode {
    NZ_OP_CONV = 1,
    NZ_OP_DEPTHWISE = 2,
    NZ_OP_FULLY_CONNECTED = 3,
    NZ_OP_GEMM = 4,
    NZ_OP_PROGRAM = 5,
    NZ_OP_LOAD =
        6 /* make `input` resident on chip for the next descriptor, whose shape it carries; reported as set-up */
};

#define NZ_DESCRIPTOR_VERSION 1u
#define NZ_DESCRIPTOR_SIZE 256u
#define NZ_DESCRIPTOR_ALIGNMENT 256u
#define NZ_PROGRAM_IMAGES 65536u /* images of a PROGRAM at most */

/* flags */
#define NZ_FLAG_INPUT_RESIDENT 0x1u /* the input was made resident by a LOAD of the same shape */
#define NZ_FLAG_RELU 0x2u           /* clamp below at 0 (the zero point) after requantisation */
#define NZ_FLAG_REQUANTISE 0x4u     /* apply `requant`; needed for every output type but NZ_TYPE_RAW64 */
#define NZ_FLAG_COUNT_ONLY 0x8u     /* time the layer, compute and write no output values */
#define NZ_FLAGS_KNOWN 0xFu

/* Pooling of finished outputs before they are stored, in square windows; averages round half up over the elements
 * inside the plane. The stored output is K x P' x Q', P' = floor((P + before + after - size) / stride) + 1, Q' alike.
 * Not of RAW64 outputs, nor with COUNT_ONLY, nor of a single position (P = Q = 1). */
enum nz_pool_kind { NZ_POOL_NONE = 0, NZ_POOL_MAX = 1, NZ_POOL_AVERAGE = 2 };

/* pool_pad: padding before (top and left) in the low four bits, after (bottom and right) in the high four; each below
 * the size. Rounding the output's size up (Caffe) is padding after. */
#define NZ_POOL_PAD(before, after) ((uint8_t)((unsigned)(before) | (unsigned)(after) << 4))
#define NZ_POOL_PAD_BEFORE(pad) ((pad)&0xFu)
#define NZ_POOL_PAD_AFTER(pad) ((unsigned)(pad) >> 4)

/* data types: the width in bits of a signed two's complement number; 0 = the platform's own width */
#define NZ_TYPE_DEFAULT 0u
#define NZ_TYPE_RAW64 64u /* output only: exact accumulators before bias and ReLU, dense K x P x Q int64 */

struct nz_region {
    uint64_t address; /* 0 with size 0: absent */
    uint64_t size;    /* bytes; of the output: capacity */
};

struct nz_descriptor {
    /* 0 */
    uint16_t version; /* NZ_DESCRIPTOR_VERSION */
    uint16_t size;    /* NZ_DESCRIPTOR_SIZE */
    uint16_t opcode;
    uint16_t flags;
    uint64_t next; /* address of the next descriptor; ignored in the last of DESCRIPTOR_COUNT */
    /* 16: C x H x W input, K x P x Q output before pooling, R rows and S columns of the kernel (GEMM: C inner, K rows,
     * W columns). PROGRAM: C images, which lie one after another in `input` and `output`; 0 is one image; at most
     * NZ_PROGRAM_IMAGES; the rest is the program's */
    uint32_t c, h, w, k, r, s, p, q;
    /* 48 */
    uint16_t stride_y, stride_x, dilation_y, dilation_x;
    uint16_t pad_top, pad_left, pad_bottom, pad_right;
    /* 64 */
    uint32_t groups;
    uint16_t nm_n, nm_m; /* N:M structured sparsity; 0:0 = unstructured */
    uint8_t pool_kind, pool_size, pool_stride, pool_pad;
    uint8_t input_type, weight_type, accumulator_type, output_type;
    /* 80 */
    /* packed operands are stored as q - zero point, so the zero points of inputs only describe them */
    int32_t input_zero_point, weight_zero_point, output_zero_point, residual_zero_point;
    int32_t clamp_low, clamp_high; /* after requantisation, in output units; low <= high */
    /* 104 */
    struct nz_region input, weights;
    struct nz_region bias; /* K x int64 at accumulator scale */
    struct nz_region output, residual;
    struct nz_region requant;     /* K x nz_requant, then one more for the residual where there is one */
    struct nz_region block_index; /* nz_block table of the platform's compressed operands */
    struct nz_region program0, program1;
    /* 248 */
    /* address of an nz_status_record, 8-byte aligned; 0 = none. PROGRAM: of a table of them, one per image */
    uint64_t status_record;
};

/* output = clamp(zero_point + (acc * multiplier + 2^(30+shift)) >> (31 + shift)), arithmetic shift: round half up */
struct nz_requant {
    int32_t multiplier; /* Q31 */
    int8_t shift;       /* -31 .. 31 */
    uint8_t reserved[3];
};

/* a block of variable length: where it begins inside its region, and its bytes */
struct nz_block {
    uint32_t offset, size;
};

/* written before the interrupt. A PROGRAM that fails leaves its error in the records of all its images */
struct nz_status_record {
    uint32_t status; /* NZ_STATUS_DONE or NZ_STATUS_ERROR */
    uint32_t error;  /* NZ_ERROR_* */
    uint32_t descriptor_index;
    uint32_t reserved;
    uint64_t cycles;       /* layer cycles; of LOAD: set-up cycles; of an image: the program's about it */
    uint64_t output_bytes; /* bytes written to `output` */
};

/* ----------------------------------------------------------------------------------------------------- error codes */
enum nz_error {
    NZ_ERROR_NONE = 0,
    NZ_ERROR_START_WHILE_BUSY = 1,   /* the running work goes on */
    NZ_ERROR_COUNT = 2,              /* DESCRIPTOR_COUNT is 0 */
    NZ_ERROR_DESCRIPTOR_ADDRESS = 3, /* misaligned, or the chain ends before DESCRIPTOR_COUNT */
    NZ_ERROR_DESCRIPTOR_VERSION = 4,
    NZ_ERROR_DESCRIPTOR_SIZE = 5,
    NZ_ERROR_OPCODE = 6,   /* unknown, or not run by this platform */
    NZ_ERROR_FLAGS = 7,    /* unknown flag, or a combination without meaning */
    NZ_ERROR_SHAPE = 8,    /* a dimension is 0 or too large, P x Q does not follow from the rest, or too many images */
    NZ_ERROR_STRIDE = 9,   /* stride or dilation is 0 or not supported */
    NZ_ERROR_PADDING = 10, /* larger than the (dilated) kernel; any for a GEMM */
    NZ_ERROR_GROUPS = 11,
    NZ_ERROR_SPARSITY = 12, /* N:M pattern impossible or not supported */
    NZ_ERROR_POOL = 13,     /* no window, padding not below the size, or an output that is not pooled */
    NZ_ERROR_TYPE = 14,
    NZ_ERROR_ZERO_POINT = 15,
    NZ_ERROR_CLAMP = 16,
    NZ_ERROR_REGION = 17,      /* a region is absent, misaligned, too small, or wraps around */
    NZ_ERROR_OUTPUT_SIZE = 18, /* the output does not fit its capacity */
    NZ_ERROR_DATA = 19,        /* compressed operands are malformed */
    NZ_ERROR_CAPACITY = 20,    /* the layer does not fit this machine's buffers */
    NZ_ERROR_NOT_RESIDENT = 21,
    NZ_ERROR_STATUS_RECORD = 22, /* misaligned, or wraps around */
    NZ_ERROR_BUS_ADDRESS = 23,   /* memory answered with an address error */
    NZ_ERROR_BUS = 24,           /* memory answered with any other error */
    NZ_ERROR_ABORTED = 25,
    /* No answer within the parameter dma.timeout, or no way to ask, at FAULT_ADDRESS. The request is still with memory:
     * bytes that it writes may arrive until it is answered, its place among dma.outstanding is taken until then (a
     * reset does not change that), and what it reads is dropped. */
    NZ_ERROR_TIMEOUT = 26
};

#ifdef __cplusplus
}
#endif
/* NOLINTEND(modernize-deprecated-headers,readability-identifier-naming) */
#endif
