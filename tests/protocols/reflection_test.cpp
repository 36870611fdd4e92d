#include "models/protocols/reflection.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "models/protocols/header_writer.h"

namespace snsim {
namespace {

using Bytes = std::vector<std::uint8_t>;

HeaderFields fields_of(const IpAddress& src, const IpAddress& dst, std::uint8_t protocol,
                       bool tagged) {
    HeaderFields fields;
    fields.src_mac = {2, 0, 0, 0, 0, 1};
    fields.dst_mac = {2, 0, 0, 0, 0, 2};
    fields.src = src;
    fields.dst = dst;
    fields.protocol = protocol;
    fields.sport = 1000;
    fields.dport = 80;
    fields.tagged = tagged;
    fields.vlan = tagged ? 7 : 0;
    fields.payload_bytes = 100;
    return fields;
}

Bytes written(const HeaderFields& fields) {
    Bytes bytes(max_written_headers);
    const HeaderLayout layout = write_headers(fields, bytes.data());
    const Bytes payload(fields.payload_bytes, 0x5a);
    InternetChecksum sum;
    sum.add(payload.data(), payload.size());
    write_l4_checksum(bytes.data(), layout, sum, fields.payload_bytes);
    bytes.resize(layout.header_bytes);
    return bytes;
}

TEST(SwapEnds, GivesWhatTheOtherEndWouldHaveWritten) {
    const std::pair<IpAddress, IpAddress> ends[] = {
        {make_ipv4(0x0a000001), make_ipv4(0x0a010203)},
        {make_ipv6(0x20010db800000000, 1), make_ipv6(0xfd00000000000000, 2)}};
    for (const auto& [src, dst] : ends) {
        for (const std::uint8_t protocol : {ip_protocol::tcp, ip_protocol::udp}) {
            for (const bool tagged : {false, true}) {
                HeaderFields fields = fields_of(src, dst, protocol, tagged);
                Bytes bytes = written(fields);
                swap_ends(bytes.data(), bytes.size());
                std::swap(fields.src_mac, fields.dst_mac);
                std::swap(fields.src, fields.dst);
                std::swap(fields.sport, fields.dport);
                EXPECT_EQ(bytes, written(fields));
            }
        }
    }
}

TEST(SwapEnds, LeavesPortsAloneWhereThereAreNone) {
    const HeaderFields fields =
        fields_of(make_ipv4(0x0a000001), make_ipv4(0x0a010203), ip_protocol::udp, false);
    Bytes later = written(fields);
    later[14 + 6] = 0;
    later[14 + 7] = 5;  // a later fragment: what follows is no header
    later[14 + 10] = later[14 + 11] = 0;
    const std::uint16_t sum = internet_checksum(later.data() + 14, 20);
    later[14 + 10] = static_cast<std::uint8_t>(sum >> 8);
    later[14 + 11] = static_cast<std::uint8_t>(sum);
    const Bytes before = later;
    swap_ends(later.data(), later.size());
    EXPECT_TRUE(std::equal(later.begin() + 34, later.end(), before.begin() + 34));
    EXPECT_TRUE(std::equal(later.begin() + 26, later.begin() + 30, before.begin() + 30));
}

TEST(SwapEnds, SwapsTheMacAddressesOfWhatIsNotIp) {
    Bytes bytes(60, 0);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
    Bytes expected = bytes;
    std::rotate(expected.begin(), expected.begin() + 6, expected.begin() + 12);
    swap_ends(bytes.data(), bytes.size());
    EXPECT_EQ(bytes, expected);
}

}  // namespace
}  // namespace snsim
