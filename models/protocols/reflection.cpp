#include "models/protocols/reflection.h"

#include <algorithm>

#include "models/protocols/headers.h"

namespace snsim {

namespace {
/// Two neighbours of `size` bytes each.
void swap_pair(std::uint8_t* first, std::size_t size) {
    std::swap_ranges(first, first + size, first + size);
}
}  // namespace

void swap_ends(std::uint8_t* bytes, std::size_t available) {
    constexpr std::size_t mac_bytes = 6;
    if (available < 2 * mac_bytes) return;
    swap_pair(bytes, mac_bytes);
    ParsedHeaders headers;
    // Lengths beyond what is at hand do not matter here.
    parse(bytes, available, SIZE_MAX, headers);
    constexpr std::size_t ipv4_source = 12;
    constexpr std::size_t ipv6_source = 8;
    if (headers.ip_version == 4) swap_pair(bytes + headers.l3 + ipv4_source, 4);
    if (headers.ip_version == 6) swap_pair(bytes + headers.l3 + ipv6_source, 16);
    const bool has_ports =
        headers.protocol == ip_protocol::tcp || headers.protocol == ip_protocol::udp;
    if (headers.has_l4 && has_ports) swap_pair(bytes + headers.l4, 2);
}

}  // namespace snsim
