#include "models/network/header_template.h"

#include "models/protocols/byte_order.h"
#include "models/protocols/checksum.h"

namespace snsim {

namespace {

// Every template's headers fit the first part, all but tagged IPv6 with TCP.
constexpr std::size_t first_part = 64;
constexpr std::size_t second_part = 32;
static_assert(max_written_headers <= first_part + second_part &&
              first_part + second_part <= max_header_bytes);

std::uint32_t sum_words(const std::uint8_t* bytes, std::size_t count) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < count; i += 2) sum += load_be16(bytes + i);
    return sum;
}

// A sum modulo 65535 is all that counts until it is folded, so wider numbers are summed as they
// are: 2^16 is 1.
constexpr std::uint64_t sum_halves(std::uint64_t value) {
    return (value >> 32) + (value & 0xffffffff);
}

/// Of a sum above 0 and below 2^47, which no frame's exceeds.
constexpr std::uint16_t folded(std::uint64_t sum) {
    sum = sum_halves(sum);
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>((sum & 0xffff) + (sum >> 16));
}

/// Where a header's checksum stands behind the start of the upper header.
constexpr std::uint16_t checksum_offset(std::uint8_t protocol) {
    return protocol == ip_protocol::tcp ? 16 : 6;
}

}  // namespace

HeaderTemplate::HeaderTemplate(HeaderFields fields, std::uint32_t frame_bytes, Payload payload)
    : tag_mask_(payload == Payload::padding ? 0 : ~std::uint64_t{0}) {
    // The layout does not depend on the payload: write once to learn how much room it leaves.
    fields.src.bytes = fields.dst.bytes = IpBytes{};
    layout_ = write_headers(fields, bytes_.data());
    SNSIM_CHECK(frame_bytes >= layout_.header_bytes + fcs_bytes,
                "a frame too small for its headers");
    payload_bytes_ = frame_bytes - fcs_bytes - layout_.header_bytes;
    fields.payload_bytes = payload == Payload::padding ? 0 : payload_bytes_;
    write_headers(fields, bytes_.data());
    checksum_ = static_cast<std::uint16_t>(layout_.l4 + checksum_offset(layout_.protocol));
    whole_tags_ = payload_bytes_ / 8;
    if (const unsigned rest = payload_bytes_ % 8; rest != 0) {
        partial_tag_ = ~std::uint64_t{0} << (64 - 8 * rest);
    }
    const auto l4_bytes = static_cast<std::uint32_t>(layout_.header_bytes - layout_.l4);
    if (layout_.ip_version == 4) {
        store_be16(&bytes_[layout_.l3 + 10U], 0);
        ip_sum_ = sum_words(&bytes_[layout_.l3], 20);
    }
    l4_sum_ = sum_words(&bytes_[layout_.l4], l4_bytes) + layout_.protocol + l4_bytes +
              fields.payload_bytes;
}

void HeaderTemplate::write(Frame& frame, const FlowPlan::Endpoints& ends, std::uint64_t tag,
                           std::uint64_t before) const {
    std::uint8_t* const out = frame.header.data();
    std::memcpy(out, bytes_.data(), first_part);
    if (layout_.header_bytes > first_part) {
        std::memcpy(out + first_part, bytes_.data() + first_part, second_part);
    }
    std::uint8_t* const l3 = out + layout_.l3;
    std::uint64_t addresses = 0;
    if (layout_.ip_version == 4) {
        const auto src = static_cast<std::uint32_t>(ends.src.low);
        const auto dst = static_cast<std::uint32_t>(ends.dst.low);
        store_be32(l3 + 12, src);
        store_be32(l3 + 16, dst);
        addresses = std::uint64_t{src} + dst;
        store_be16(l3 + 10, static_cast<std::uint16_t>(~folded(ip_sum_ + addresses)));
    } else {
        store_be64(l3 + 8, ends.src.high);
        store_be64(l3 + 16, ends.src.low);
        store_be64(l3 + 24, ends.dst.high);
        store_be64(l3 + 32, ends.dst.low);
        addresses = sum_halves(ends.src.high) + sum_halves(ends.src.low) +
                    sum_halves(ends.dst.high) + sum_halves(ends.dst.low);
    }
    const std::uint32_t ports = std::uint32_t{ends.sport} << 16 | ends.dport;
    store_be32(out + layout_.l4, ports);
    tag &= tag_mask_;
    const std::uint64_t payload = sum_halves(tag) * whole_tags_ + sum_halves(tag & partial_tag_);
    std::uint64_t sum = l4_sum_ + addresses + ports + payload;
    if (before > 0 && layout_.protocol == ip_protocol::tcp) {
        std::uint8_t* const number = out + layout_.l4 + 4;
        const auto advance = static_cast<std::uint32_t>(before * payload_bytes_);
        const std::uint32_t first = load_be32(number);
        store_be32(number, first + advance);
        // What was summed of the template's number is taken back by its complement.
        sum += sum_halves(first + advance) + sum_halves(~first);
    }
    auto checksum = static_cast<std::uint16_t>(~folded(sum));
    if (checksum == 0 && layout_.protocol == ip_protocol::udp) checksum = 0xffff;
    store_be16(out + checksum_, checksum);

    frame.header_bytes = static_cast<std::uint8_t>(layout_.header_bytes);
    frame.extents[0] = {nullptr, tag, 0, payload_bytes_};
    frame.extent_count = payload_bytes_ > 0 ? 1 : 0;
}

}  // namespace snsim
