#include "models/protocols/rss.h"

#include <cstring>

namespace snsim {

const ToeplitzHash::Key ToeplitzHash::standard_key = {
    0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3,
    0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3,
    0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa};

ToeplitzHash::ToeplitzHash(const Key& key) {
    for (std::size_t byte = 0; byte < input_bytes; ++byte) {
        // The 40 key bits from this byte's first bit on: one window of 32 for each of its bits.
        std::uint64_t window = load_be32(&key[byte]);
        window = window << 8 | key[byte + 4];
        for (std::size_t value = 0; value < 256; ++value) {
            std::uint32_t hash = 0;
            for (unsigned bit = 0; bit < 8; ++bit) {
                if ((value & (0x80U >> bit)) != 0) {
                    hash ^= static_cast<std::uint32_t>(window >> (8 - bit));
                }
            }
            parts_[byte][value] = hash;
        }
    }
}

bool rss_covers_ports(const FlowKey& key) {
    return (key.protocol == ip_protocol::tcp || key.protocol == ip_protocol::udp) &&
           (key.sport | key.dport) != 0;
}

std::uint32_t ToeplitzHash::of(const FlowKey& key) const {
    if (key.family == 0) return 0;
    constexpr std::size_t mapped = 12;  // of an IPv4 address in 16 bytes
    const std::size_t skip = key.family == 4 ? mapped : 0;
    const std::size_t address = sizeof(IpBytes) - skip;
    std::array<std::uint8_t, input_bytes> input;
    std::memcpy(input.data(), key.src.data() + skip, address);
    std::memcpy(input.data() + address, key.dst.data() + skip, address);
    std::size_t length = 2 * address;
    if (rss_covers_ports(key)) {
        store_be16(input.data() + length, key.sport);
        store_be16(input.data() + length + 2, key.dport);
        length += 4;
    }
    return of(input.data(), length);
}

}  // namespace snsim
