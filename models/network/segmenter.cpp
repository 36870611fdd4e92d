#include "models/network/segmenter.h"

#include <algorithm>

#include "models/protocols/byte_order.h"
#include "models/protocols/checksum.h"
#include "models/protocols/headers.h"

namespace snsim {

namespace {

constexpr std::uint8_t flag_urg = 0x20;
constexpr std::uint8_t flag_cwr = 0x80;  // RFC 3168, 6.1
constexpr std::uint16_t dont_fragment = 0x4000;
constexpr std::uint16_t more_fragments = 0x2000;
constexpr std::uint16_t right_sum = 0xffff;  // over data with a right checksum

constexpr std::uint16_t u16(std::size_t value) { return static_cast<std::uint16_t>(value); }

/// The checksum field that brings the sum over data, `sum` with a field of 0, to `wanted`.
std::uint16_t checksum_for(std::uint16_t sum, std::uint16_t wanted) {
    const std::uint16_t complement = static_cast<std::uint16_t>(~sum);
    if (wanted == right_sum) return complement;
    const std::uint32_t total = std::uint32_t{complement} + wanted;
    return u16((total & 0xffff) + (total >> 16));
}

void write_ipv4_checksum(std::uint8_t* l3, std::size_t length) {
    store_be16(l3 + 10, 0);
    store_be16(l3 + 10, internet_checksum(l3, length));
}

class Splitter {
  public:
    Splitter(const std::uint8_t* bytes, const CapturedFrame& frame, std::uint32_t mtu,
             Segments& out)
        : packet_(bytes, bytes + frame.captured_bytes), frame_(frame), mtu_(mtu), out_(out) {}

    bool split() {
        if (is_malformed(read()) && fill_in_lengths()) read();
        if (parsed_.status != ParseStatus::ok || parsed_.ip_version == 0) return false;
        if (parsed_.datagram_end - parsed_.l3 <= mtu_) {  // only what follows it was too much
            emit(parsed_.header_bytes, 0, parsed_.datagram_end - parsed_.header_bytes);
            return true;
        }
        const bool whole = parsed_.fragment == Fragment::none;
        if (whole && parsed_.has_l4 && parsed_.protocol == ip_protocol::tcp) return split_tcp();
        return parsed_.ip_version == 4 && split_ipv4();
    }

  private:
    ParseStatus read() {
        return parse(packet_.data(), packet_.size(), frame_.original_bytes, parsed_);
    }
    std::uint8_t* l3() { return packet_.data() + parsed_.l3; }
    std::uint8_t* l4() { return packet_.data() + parsed_.l4; }
    /// The part of the datagram from `at` that was captured.
    std::size_t present(std::size_t at) const {
        const std::size_t end = std::min<std::size_t>(packet_.size(), parsed_.datagram_end);
        return end > at ? end - at : 0;
    }

    bool fill_in_lengths();
    bool has_authentication() const;
    std::uint16_t pseudo_header(std::uint32_t upper_bytes) const;
    std::uint16_t upper_sum() const;
    bool is_left_to_nic(std::uint16_t checksum) const;
    bool split_tcp();
    bool split_ipv4();
    std::uint8_t* emit(std::size_t header, std::size_t from, std::size_t size);

    std::vector<std::uint8_t> packet_;  // its lengths may need filling in
    const CapturedFrame& frame_;
    std::uint32_t mtu_;
    Segments& out_;
    ParsedHeaders parsed_;
};

/// True when fields left to the NIC stood in the way of the parser, and are now as they should be.
bool Splitter::fill_in_lengths() {
    const std::size_t start = 14u + 4u * parsed_.vlan_tags;
    const bool is_ipv4 = parsed_.ethertype == ethertype::ipv4;
    const std::size_t least = is_ipv4 ? 20 : 40;
    if (!is_ipv4 && parsed_.ethertype != ethertype::ipv6) return false;
    if (packet_.size() < start + least) return false;
    std::uint8_t* const header = packet_.data() + start;
    const std::size_t room = frame_.original_bytes - start;
    if (is_ipv4) {
        const std::size_t length = (header[0] & 0x0fu) * 4u;
        const bool no_length = load_be16(header + 2) == 0;
        if (length < 20 || packet_.size() < start + length) return false;
        if (no_length ? room > 0xffff : load_be16(header + 10) != 0) return false;
        if (no_length) store_be16(header + 2, u16(room));
        write_ipv4_checksum(header, length);
        return true;
    }
    if (load_be16(header + 4) != 0 || room - 40 > 0xffff) return false;
    store_be16(header + 4, u16(room - 40));
    return true;
}

/// An authentication header signs the packet as it is (RFC 4302).
bool Splitter::has_authentication() const {
    if (parsed_.ip_version != 6) return false;
    std::uint8_t next = packet_[parsed_.l3 + 6u];
    std::size_t at = parsed_.l3 + 40u;
    while (at < parsed_.l4) {
        if (next == ip_protocol::authentication) return true;
        next = packet_[at];
        at += next == ip_protocol::fragment ? 8u : (packet_[at + 1] + 1u) * 8u;
    }
    return false;
}

std::uint16_t Splitter::pseudo_header(std::uint32_t upper_bytes) const {
    InternetChecksum sum;
    const std::uint8_t* const header = packet_.data() + parsed_.l3;
    if (parsed_.ip_version == 4) {
        sum.add(header + 12, 8);
    } else {
        sum.add(header + 8, 32);
    }
    sum.add16(parsed_.protocol);
    sum.add32(upper_bytes);
    return sum.sum();
}

/// Over pseudo header, upper header and payload as far as captured.
std::uint16_t Splitter::upper_sum() const {
    InternetChecksum sum;
    sum.add16(pseudo_header(parsed_.datagram_end - parsed_.l4));
    sum.add(packet_.data() + parsed_.l4, present(parsed_.l4));
    return sum.sum();
}

bool Splitter::is_left_to_nic(std::uint16_t checksum) const {
    return checksum == pseudo_header(parsed_.datagram_end - parsed_.l4) ||
           checksum == pseudo_header(0);
}

/// Appends a frame of the first `header` bytes and `size` payload bytes from `from` behind them.
std::uint8_t* Splitter::emit(std::size_t header, std::size_t from, std::size_t size) {
    const std::size_t captured = std::min(size, present(header + from));
    const std::size_t start = out_.bytes.size();
    out_.bytes.insert(out_.bytes.end(), packet_.data(), packet_.data() + header);
    if (captured > 0) {
        const std::uint8_t* const payload = packet_.data() + header + from;
        out_.bytes.insert(out_.bytes.end(), payload, payload + captured);
    }
    CapturedFrame made;
    made.time_ns = frame_.time_ns;
    made.captured_bytes = static_cast<std::uint32_t>(header + captured);
    made.original_bytes = static_cast<std::uint32_t>(header + size);
    made.offset = start;
    out_.frames.push_back(made);
    return out_.bytes.data() + start;
}

bool Splitter::split_tcp() {
    const std::uint8_t flags = parsed_.tcp_flags;
    if ((flags & (tcp_flag::syn | tcp_flag::rst | flag_urg)) != 0) return false;
    const std::size_t header = parsed_.header_bytes;
    const std::size_t ip_and_tcp = header - parsed_.l3;
    if (ip_and_tcp >= mtu_ || has_authentication()) return false;
    const std::size_t most = mtu_ - ip_and_tcp;
    const std::size_t payload = parsed_.datagram_end - header;

    // One's-complement sums are linear: giving every segment the frame's own sum keeps a right
    // checksum right, and a wrong one wrong by the same amount.
    std::uint16_t wanted = upper_sum();
    const bool snapped = packet_.size() < parsed_.datagram_end;
    if (snapped || is_left_to_nic(load_be16(l4() + 16))) wanted = right_sum;

    const std::size_t tcp_bytes = header - parsed_.l4;
    const std::uint16_t identification = load_be16(l3() + 4);
    const std::uint32_t sequence = load_be32(l4() + 4);
    std::uint16_t number = 0;
    for (std::size_t from = 0; from < payload; from += most, ++number) {
        const std::size_t size = std::min(most, payload - from);
        std::uint8_t* const made = emit(header, from, size);
        std::uint8_t* const ip = made + parsed_.l3;
        std::uint8_t* const tcp = made + parsed_.l4;
        if (parsed_.ip_version == 4) {
            store_be16(ip + 2, u16(ip_and_tcp + size));
            store_be16(ip + 4, u16(std::size_t{identification} + number));
            write_ipv4_checksum(ip, static_cast<std::size_t>(parsed_.l4 - parsed_.l3));
        } else {
            store_be16(ip + 4, u16(ip_and_tcp - 40 + size));
        }
        store_be32(tcp + 4, sequence + static_cast<std::uint32_t>(from));
        std::uint8_t own = flags;
        if (from > 0) own &= static_cast<std::uint8_t>(~flag_cwr);
        if (from + size < payload) {
            own &= static_cast<std::uint8_t>(~(tcp_flag::fin | tcp_flag::psh));
        }
        tcp[13] = own;
        store_be16(tcp + 16, 0);
        InternetChecksum sum;
        sum.add16(pseudo_header(static_cast<std::uint32_t>(tcp_bytes + size)));
        sum.add(tcp, out_.frames.back().captured_bytes - std::size_t{parsed_.l4});
        store_be16(tcp + 16, checksum_for(sum.sum(), wanted));
    }
    return true;
}

bool Splitter::split_ipv4() {
    const std::uint16_t field = load_be16(l3() + 6);
    if ((field & dont_fragment) != 0) return false;
    const std::size_t ip_bytes = (l3()[0] & 0x0fu) * 4u;
    const std::size_t header = parsed_.l3 + ip_bytes;
    if (mtu_ < ip_bytes + 8) return false;
    const std::size_t most = (mtu_ - ip_bytes) / 8 * 8;
    const std::size_t payload = parsed_.datagram_end - header;
    const std::size_t first = (field & 0x1fffu) * std::size_t{8};
    if (first + payload > 0xffff) return false;  // reassembly would overflow the length field

    const bool whole = parsed_.fragment == Fragment::none;
    if (whole && parsed_.has_l4 && parsed_.protocol == ip_protocol::udp &&
        is_left_to_nic(load_be16(l4() + 6))) {
        store_be16(l4() + 6, 0);
        const std::uint16_t checksum = checksum_for(upper_sum(), right_sum);
        store_be16(l4() + 6, checksum == 0 ? right_sum : checksum);  // RFC 768: 0 means none
    }
    const bool last_is_last = (field & more_fragments) == 0;
    for (std::size_t from = 0; from < payload; from += most) {
        const std::size_t size = std::min(most, payload - from);
        const bool last = from + size == payload && last_is_last;
        std::uint8_t* const ip = emit(header, from, size) + parsed_.l3;
        store_be16(ip + 2, u16(ip_bytes + size));
        store_be16(ip + 6,
                   u16((first + from) / 8 | (last ? 0u : more_fragments) | (field & 0x8000u)));
        for (std::size_t at = 20; from > 0 && at < ip_bytes && ip[at] != 0;) {
            // Options with the copy bit go into every fragment, the others into the first.
            const std::size_t length = ip[at] == 1 || at + 1 == ip_bytes ? 1 : ip[at + 1];
            const std::size_t end = std::min(at + std::max<std::size_t>(length, 1), ip_bytes);
            if ((ip[at] & 0x80) == 0) std::fill(ip + at, ip + end, std::uint8_t{1});
            at = end;
        }
        write_ipv4_checksum(ip, ip_bytes);
    }
    return true;
}

}  // namespace

bool segment(const std::uint8_t* bytes, const CapturedFrame& frame, std::uint32_t mtu,
             Segments& out) {
    return Splitter(bytes, frame, mtu, out).split();
}

}  // namespace snsim
