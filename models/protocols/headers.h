// The parser: what a card knows of a frame after reading its headers.
//
// Ethernet II with up to two VLAN tags (0x8100, 0x88a8), IPv4 with options, IPv6 with extension
// headers (hop-by-hop, routing, destination options, fragment, authentication), TCP, UDP, ICMP and
// ICMPv6. ARP, 802.3 length frames and other Ethernet types are opaque: forwarded by their Ethernet
// header. Further tags, tunnels, IPv4 authentication headers and upper protocols other than the
// four are not looked into. TCP, UDP and ICMP checksums are not verified (a card forwards such
// frames); the IPv4 header checksum is.
//
// `frame` is the frame's size without FCS, `available` the part of it that is at hand (its kept
// header area, at most `frame`). A field beyond `frame` makes the frame truncated; one beyond
// `available` alone is header_too_long. Nothing beyond `available` is ever read.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/protocols/byte_order.h"

namespace snsim {

enum class ParseStatus : uint8_t {
    ok,                 // understood up to the last header listed above
    unknown_ethertype,  // opaque: nothing above Ethernet is known, and nothing is wrong
    header_too_long,    // right so far, but the headers reach beyond the kept area
    truncated,          // the frame ends inside a header
    bad_version,        // IP version field contradicts the Ethernet type
    bad_length,         // a length field contradicts another one or the frame
    bad_checksum,       // IPv4 header checksum
};

[[nodiscard]] constexpr bool is_malformed(ParseStatus status) {
    return status >= ParseStatus::truncated;
}
[[nodiscard]] const char* to_text(ParseStatus status);

enum class Fragment : uint8_t {
    none,   // a whole datagram (also an IPv6 fragment header with offset 0 and no more fragments)
    first,  // offset 0, more follow: has the upper header
    later,  // no upper header
};

namespace ethertype {
inline constexpr uint16_t ipv4 = 0x0800;
inline constexpr uint16_t arp = 0x0806;
inline constexpr uint16_t vlan = 0x8100;
inline constexpr uint16_t ipv6 = 0x86dd;
inline constexpr uint16_t qinq = 0x88a8;
}  // namespace ethertype

namespace ip_protocol {
inline constexpr uint8_t hop_by_hop = 0;
inline constexpr uint8_t icmp = 1;
inline constexpr uint8_t tcp = 6;
inline constexpr uint8_t udp = 17;
inline constexpr uint8_t routing = 43;
inline constexpr uint8_t fragment = 44;
inline constexpr uint8_t esp = 50;
inline constexpr uint8_t authentication = 51;
inline constexpr uint8_t icmpv6 = 58;
inline constexpr uint8_t no_next_header = 59;
inline constexpr uint8_t destination_options = 60;
}  // namespace ip_protocol

namespace tcp_flag {
inline constexpr uint8_t fin = 0x01;
inline constexpr uint8_t syn = 0x02;
inline constexpr uint8_t rst = 0x04;
inline constexpr uint8_t psh = 0x08;
inline constexpr uint8_t ack = 0x10;
}  // namespace tcp_flag

// Offsets count from the first byte of the destination MAC; 0 means there is no such header.
struct ParsedHeaders {
    ParseStatus status = ParseStatus::truncated;
    uint8_t ip_version = 0;  // 4, 6, or 0 when not IP
    uint8_t protocol = 0;    // of the header at l4, after all extension headers
    Fragment fragment = Fragment::none;
    uint16_t l3 = 0;
    uint16_t l4 = 0;            // of whatever follows the IP headers; 0 in later fragments
    uint16_t ethertype = 0;     // behind the tags; 0 for an 802.3 length frame
    uint16_t outer_vlan = 0;    // VLAN id of the first tag
    uint16_t header_bytes = 0;  // up to the end of the last header understood, options included
    uint8_t vlan_tags = 0;
    uint8_t states = 0;  // headers visited, each tag and extension header counting one
    uint8_t ttl = 0;     // or hop limit
    uint8_t tcp_flags = 0;
    uint8_t icmp_type = 0;
    bool is_multicast = false;  // group bit of the destination MAC, broadcast included
    bool is_broadcast = false;
    bool has_l4 = false;        // a TCP, UDP, ICMP or ICMPv6 header was understood at l4
    uint32_t fragment_id = 0;   // identification, when fragment is not none
    uint32_t datagram_end = 0;  // offset of the first byte behind the IP datagram (0: not IP)
};
static_assert(sizeof(ParsedHeaders) == 32);

// Where the EtherType stands, or that of a tag: behind both MAC addresses.
inline constexpr size_t ethertype_place = 12;
// True if a frame that begins with these bytes has a VLAN tag (0x8100).
[[nodiscard]] inline bool has_vlan_tag(const uint8_t* bytes) {
    return load_be16(bytes + ethertype_place) == ethertype::vlan;
}

// Fills `out` whole and returns out.status.
ParseStatus parse(const uint8_t* bytes, size_t available, size_t frame, ParsedHeaders& out);

}  // namespace snsim
