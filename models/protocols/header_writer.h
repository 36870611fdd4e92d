// Builds Ethernet (+ VLAN) / IPv4 | IPv6 / TCP | UDP | ICMP echo headers, and patches them.
//
// A generator writes a template once per class and patches addresses and ports per frame; each
// patch keeps the IPv4 header checksum and the TCP or UDP checksum right incrementally (a UDP
// checksum of 0, meaning none, stays 0). The upper checksum is computed by write_l4_checksum over
// a payload that is a stamp, real bytes, or any sum of both.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/protocols/address.h"
#include "models/protocols/checksum.h"
#include "models/protocols/headers.h"

namespace snsim {

struct HeaderFields {
    MacAddress dst_mac{};
    MacAddress src_mac{};
    bool tagged = false;
    uint16_t vlan = 0;  // VLAN id
    IpAddress src;      // both of one version
    IpAddress dst;
    uint8_t protocol = ip_protocol::udp;
    uint8_t ttl = 64;
    uint8_t traffic_class = 0;  // DSCP and ECN
    uint16_t identification = 0;
    bool dont_fragment = true;
    uint16_t sport = 0;  // ICMP echo: the identifier
    uint16_t dport = 0;  // ICMP echo: the sequence number
    uint32_t tcp_seq = 0;
    uint32_t tcp_ack = 0;
    uint8_t tcp_flags = tcp_flag::ack;
    uint16_t tcp_window = 0xffff;
    uint8_t icmp_type = 8;
    uint32_t payload_bytes = 0;  // behind the upper header
};

// Where the headers stand; what patching needs to know.
struct HeaderLayout {
    uint16_t l3 = 0;
    uint16_t l4 = 0;
    uint16_t header_bytes = 0;
    uint8_t ip_version = 0;
    uint8_t protocol = 0;
};

// The largest that write_headers produces: tag, IPv6, TCP without options.
inline constexpr size_t max_written_headers = 14 + 4 + 40 + 20;

// Writes the headers with IPv4 checksum, and an upper checksum field of 0. `out` has room for
// max_written_headers bytes. Protocols other than TCP, UDP, ICMP and ICMPv6 get no upper header.
HeaderLayout write_headers(const HeaderFields& fields, uint8_t* out);
[[nodiscard]] HeaderLayout layout_of(const ParsedHeaders& parsed);

// Computes the TCP, UDP or ICMP checksum over pseudo header, upper header and `payload`, a sum
// over `payload_bytes` bytes behind header_bytes, and stores it.
void write_l4_checksum(uint8_t* header, const HeaderLayout& layout, InternetChecksum payload,
                       uint32_t payload_bytes);

// IPv4 addresses and ports in host order, keeping every checksum right.
void patch_ipv4_src(uint8_t* header, const HeaderLayout& layout, uint32_t address);
void patch_ipv4_dst(uint8_t* header, const HeaderLayout& layout, uint32_t address);
void patch_ipv6_src(uint8_t* header, const HeaderLayout& layout, const IpBytes& address);
void patch_ipv6_dst(uint8_t* header, const HeaderLayout& layout, const IpBytes& address);
void patch_sport(uint8_t* header, const HeaderLayout& layout, uint16_t port);
void patch_dport(uint8_t* header, const HeaderLayout& layout, uint16_t port);
void patch_tcp_flags(uint8_t* header, const HeaderLayout& layout, uint8_t flags);
// IPv4 alone has one in every header.
void patch_identification(uint8_t* header, const HeaderLayout& layout, uint16_t identification);
// Sets IPv4 total length or IPv6 payload length, and UDP length, for a new payload size; the
// upper checksum must be written anew afterwards.
void patch_payload_bytes(uint8_t* header, const HeaderLayout& layout, uint32_t payload_bytes);
// One hop: TTL or hop limit less one. It must not be 0.
void decrement_ttl(uint8_t* header, uint16_t l3, uint8_t ip_version);

}  // namespace snsim
