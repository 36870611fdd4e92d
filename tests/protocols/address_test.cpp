#include "models/protocols/address.h"

#include <gtest/gtest.h>

namespace snsim {
namespace {

TEST(Address, ReadsAndWritesText) {
    for (const char* text : {"10.0.0.1", "255.255.255.255", "2001:db8::1", "::", "fe80::1:2"}) {
        const auto address = parse_ip(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(to_text(*address), text);
    }
    for (const char* text :
         {"", "10.0.0", "10.0.0.256", "010.0.0.1", "1:2:3", "host", "10.0.0.1 "}) {
        EXPECT_FALSE(parse_ip(text)) << text;
    }
    EXPECT_FALSE(parse_ip(std::string_view("10.0.0.1\0x", 10)));
}

TEST(Address, Ipv4StandsInIpv6AsMapped) {
    EXPECT_EQ(parse_ip("10.1.2.3")->bytes, parse_ip("::ffff:10.1.2.3")->bytes);
    EXPECT_NE(*parse_ip("10.1.2.3"), *parse_ip("::ffff:10.1.2.3"));
    EXPECT_EQ(ipv4_value(*parse_ip("10.1.2.3")), 0x0a010203u);
}

TEST(Prefix, ReadsLengthsOfItsVersion) {
    EXPECT_EQ(parse_prefix("10.0.0.0/8")->length, 8);
    EXPECT_EQ(parse_prefix("10.0.0.1")->length, 32);
    EXPECT_EQ(parse_prefix("::/0")->length, 0);
    EXPECT_EQ(parse_prefix("2001:db8::")->length, 128);
    EXPECT_EQ(to_text(*parse_prefix("2001:db8::/32")), "2001:db8::/32");
    for (const char* text :
         {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8x", "/8", "::/0001"}) {
        EXPECT_FALSE(parse_prefix(text)) << text;
    }
}

TEST(Prefix, KnowsItsHostBits) {
    EXPECT_TRUE(host_bits_clear(*parse_prefix("10.0.0.0/8")));
    EXPECT_FALSE(host_bits_clear(*parse_prefix("10.0.0.1/8")));
    EXPECT_FALSE(host_bits_clear(*parse_prefix("10.0.0.1/31")));
    EXPECT_TRUE(host_bits_clear(*parse_prefix("10.0.0.1/32")));
    EXPECT_TRUE(host_bits_clear(*parse_prefix("0.0.0.0/0")));
    EXPECT_FALSE(host_bits_clear(*parse_prefix("2001:db8::1/127")));
}

TEST(Prefix, ContainsItsAddressesAlone) {
    EXPECT_TRUE(contains(*parse_prefix("10.16.0.0/12"), *parse_ip("10.31.255.255")));
    EXPECT_FALSE(contains(*parse_prefix("10.16.0.0/12"), *parse_ip("10.32.0.0")));
    EXPECT_TRUE(contains(*parse_prefix("0.0.0.0/0"), *parse_ip("1.2.3.4")));
    EXPECT_FALSE(contains(*parse_prefix("0.0.0.0/0"), *parse_ip("::1")));
    EXPECT_TRUE(contains(*parse_prefix("::1"), *parse_ip("::1")));
    EXPECT_FALSE(contains(*parse_prefix("::/0"), *parse_ip("1.2.3.4")));
}

TEST(Mac, ReadsAndWritesText) {
    const auto mac = parse_mac("02:00:5E:00:00:ff");
    ASSERT_TRUE(mac);
    EXPECT_EQ(to_text(*mac), "02:00:5e:00:00:ff");
    EXPECT_FALSE(parse_mac("02:00:5e:00:00"));
    EXPECT_FALSE(parse_mac("02-00-5e-00-00-ff"));
    EXPECT_FALSE(parse_mac("02:00:5e:00:00:fg"));
}

}  // namespace
}  // namespace snsim
