/*
 * The host interface as C firmware compiles it: sizes and offsets are part of the contract, so each is checked where it
 * is compiled, and one descriptor is checked byte by byte as memory holds it.
 */
#include <nonzero/models/host/host_interface.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define CHECK(condition, name) _Static_assert(condition, #name)
#else
#define CHECK(condition, name) typedef char check_##name[(condition) ? 1 : -1]
#endif
#define CHECK_FIELD(type, field, at) CHECK(offsetof(struct type, field) == (at), type##_##field)

CHECK(sizeof(struct nz_descriptor) == NZ_DESCRIPTOR_SIZE, descriptor_size);
CHECK(NZ_DESCRIPTOR_SIZE == 256u, descriptor_is_256_bytes);
CHECK(sizeof(struct nz_region) == 16, region_size);
CHECK(sizeof(struct nz_requant) == 8, requant_size);
CHECK(sizeof(struct nz_block) == 8, block_size);
CHECK(sizeof(struct nz_status_record) == 32, status_record_size);
CHECK_FIELD(nz_descriptor, version, 0);
CHECK_FIELD(nz_descriptor, size, 2);
CHECK_FIELD(nz_descriptor, opcode, 4);
CHECK_FIELD(nz_descriptor, flags, 6);
CHECK_FIELD(nz_descriptor, next, 8);
CHECK_FIELD(nz_descriptor, c, 16);
CHECK_FIELD(nz_descriptor, q, 44);
CHECK_FIELD(nz_descriptor, stride_y, 48);
CHECK_FIELD(nz_descriptor, pad_right, 62);
CHECK_FIELD(nz_descriptor, groups, 64);
CHECK_FIELD(nz_descriptor, nm_n, 68);
CHECK_FIELD(nz_descriptor, pool_kind, 72);
CHECK_FIELD(nz_descriptor, output_type, 79);
CHECK_FIELD(nz_descriptor, input_zero_point, 80);
CHECK_FIELD(nz_descriptor, clamp_high, 100);
CHECK_FIELD(nz_descriptor, input, 104);
CHECK_FIELD(nz_descriptor, weights, 120);
CHECK_FIELD(nz_descriptor, bias, 136);
CHECK_FIELD(nz_descriptor, output, 152);
CHECK_FIELD(nz_descriptor, residual, 168);
CHECK_FIELD(nz_descriptor, requant, 184);
CHECK_FIELD(nz_descriptor, block_index, 200);
CHECK_FIELD(nz_descriptor, program0, 216);
CHECK_FIELD(nz_descriptor, program1, 232);
CHECK_FIELD(nz_descriptor, status_record, 248);
CHECK_FIELD(nz_requant, shift, 4);
CHECK_FIELD(nz_status_record, cycles, 16);
CHECK_FIELD(nz_status_record, output_bytes, 24);
CHECK(NZ_REG_DESCRIPTORS_DONE_HI < NZ_REGISTER_WINDOW, registers_are_inside_the_window);

int main(void) {
    static const unsigned char header[16] = {0x01, 0x00, 0x00, 0x01, 0x06, 0x00, 0x08, 0x00,
                                             0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11};
    struct nz_descriptor descriptor;
    memset(&descriptor, 0, sizeof descriptor);
    descriptor.version = NZ_DESCRIPTOR_VERSION;
    descriptor.size = NZ_DESCRIPTOR_SIZE;
    descriptor.opcode = NZ_OP_LOAD;
    descriptor.flags = NZ_FLAG_COUNT_ONLY;
    descriptor.next = 0x1122334455667788u;
    if (memcmp(&descriptor, header, sizeof header) != 0) {
        fputs("the header of a descriptor is not laid out as documented\n", stderr);
        return 1;
    }
    return 0;
}
