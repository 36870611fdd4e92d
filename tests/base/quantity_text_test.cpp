#include "models/base/quantity_text.h"

#include <gmock/gmock.h>
#include <limits>

namespace snsim {
namespace {

using testing::HasSubstr;

template <class Q>
std::int64_t base(std::string_view text) {
    const auto parsed = parse_quantity<Q>(text);
    EXPECT_TRUE(parsed) << text << " " << parsed.error;
    return parsed.value.value;
}

template <class Q>
std::string error(std::string_view text) {
    return parse_quantity<Q>(text).error;
}

TEST(QuantityText, EveryUnitIsItsPowerOfTheBaseUnit) {
    EXPECT_EQ(base<Duration>("7 ps"), 7);
    EXPECT_EQ(base<Duration>("7 ns"), 7'000);
    EXPECT_EQ(base<Duration>("7 us"), 7'000'000);
    EXPECT_EQ(base<Duration>("7 ms"), 7'000'000'000);
    EXPECT_EQ(base<Duration>("7 s"), 7'000'000'000'000);
    EXPECT_EQ(base<Frequency>("1 Hz"), 1);
    EXPECT_EQ(base<Frequency>("2 kHz"), 2'000);
    EXPECT_EQ(base<Frequency>("3 MHz"), 3'000'000);
    EXPECT_EQ(base<Frequency>("4 GHz"), 4'000'000'000);
    EXPECT_EQ(base<BitRate>("1 b/s"), 1);
    EXPECT_EQ(base<BitRate>("1 kb/s"), 1'000);
    EXPECT_EQ(base<BitRate>("1 Mb/s"), 1'000'000);
    EXPECT_EQ(base<BitRate>("100 Gb/s"), 100'000'000'000);
    EXPECT_EQ(base<BitRate>("1 Tb/s"), 1'000'000'000'000);
    EXPECT_EQ(base<Bytes>("64 B"), 64);
    EXPECT_EQ(base<Bytes>("4 KiB"), 4096);
    EXPECT_EQ(base<Bytes>("4 kB"), 4000);
    EXPECT_EQ(base<Bytes>("1 MiB"), 1048576);
    EXPECT_EQ(base<Bytes>("1 MB"), 1000000);
    EXPECT_EQ(base<Bytes>("1 GiB"), 1073741824);
    EXPECT_EQ(base<Bytes>("1 GB"), 1000000000);
    EXPECT_EQ(base<Energy>("1 fJ"), 1);
    EXPECT_EQ(base<Energy>("1 pJ"), 1'000);
    EXPECT_EQ(base<Energy>("1 nJ"), 1'000'000);
    EXPECT_EQ(base<Energy>("1 uJ"), 1'000'000'000);
    EXPECT_EQ(base<Energy>("1 mJ"), 1'000'000'000'000);
    EXPECT_EQ(base<Energy>("1 J"), 1'000'000'000'000'000);
    EXPECT_EQ(base<Power>("1 mW"), 1);
    EXPECT_EQ(base<Power>("3.5 W"), 3500);
    EXPECT_EQ(base<EventRate>("1000 /s"), 1'000'000'000);
    EXPECT_EQ(base<EventRate>("40 kpps"), 40'000'000'000);
    EXPECT_EQ(base<EventRate>("37 Mpps"), 37'000'000'000'000);
    EXPECT_EQ(base<EventRate>("3 M/s"), 3'000'000'000'000);
}

TEST(QuantityText, DecimalsAreExact) {
    EXPECT_EQ(base<Frequency>("833.333333 MHz"), 833'333'333);
    EXPECT_EQ(base<Duration>("1.25 us"), 1'250'000);
    EXPECT_EQ(base<Duration>("0.1 ns"), 100);
    EXPECT_EQ(base<Duration>("0.000000000001 s"), 1);
    EXPECT_EQ(base<Duration>("1.000000000000000000000000 us"), 1'000'000);
    EXPECT_EQ(base<Bytes>("0.5 KiB"), 512);
    EXPECT_EQ(base<Frequency>("1e3 kHz"), 1'000'000);
    EXPECT_EQ(base<Frequency>("2.5e-1 kHz"), 250);
    EXPECT_EQ(base<Duration>("-5 ns"), -5'000);
}

TEST(QuantityText, SpacesAndUnderscoresAreFree) {
    EXPECT_EQ(base<Bytes>("64B"), 64);
    EXPECT_EQ(base<Bytes>(" 1_500   B "), 1500);
    EXPECT_FALSE(parse_quantity<Bytes>("_64 B"));
    EXPECT_FALSE(parse_quantity<Bytes>("6__4 B"));
    EXPECT_FALSE(parse_quantity<Bytes>("64_ B"));
}

TEST(QuantityText, NothingIsRounded) {
    EXPECT_THAT(error<Duration>("0.5 ps"), HasSubstr("finer than 1 ps"));
    EXPECT_THAT(error<Frequency>("833.3333333333 MHz"), HasSubstr("finer than 1 Hz"));
    EXPECT_THAT(error<Bytes>("1.5 B"), HasSubstr("finer than 1 B"));
    EXPECT_THAT(error<Duration>("0.0000000000000000000000000000000000000000001 s"),
                HasSubstr("finer than 1 ps"));
}

TEST(QuantityText, NothingOverflows) {
    EXPECT_EQ(base<Duration>("9223372.036854775807 s"), std::numeric_limits<std::int64_t>::max());
    EXPECT_THAT(error<Duration>("9223372.036854775808 s"), HasSubstr("too large"));
    EXPECT_THAT(error<Duration>("1e30 s"), HasSubstr("too large"));
    EXPECT_THAT(error<Duration>("99999999999999999999999999999999999999999 ps"),
                HasSubstr("too large"));
    EXPECT_THAT(parse_count("9223372036854775808").error, HasSubstr("too large"));
}

TEST(QuantityText, AMissingUnitNamesTheDimension) {
    EXPECT_EQ(error<Frequency>("900"), "needs a unit of frequency");
    EXPECT_EQ(error<Duration>("0"), "needs a unit of duration");
    EXPECT_EQ(error<Bytes>("64"), "needs a unit of size");
}

TEST(QuantityText, AWrongUnitIsExplained) {
    EXPECT_THAT(error<Frequency>("2 mhz"), HasSubstr("did you mean 'MHz'?"));
    EXPECT_THAT(error<BitRate>("10 Gbps"), HasSubstr("did you mean 'Gb/s'?"));
    EXPECT_THAT(error<BitRate>("10 Gbit/s"), HasSubstr("did you mean 'Gb/s'?"));
    EXPECT_THAT(error<Bytes>("10 kib"), HasSubstr("did you mean 'KiB'?"));
    EXPECT_THAT(error<Frequency>("2 ns"), HasSubstr("is a duration, not a frequency"));
    EXPECT_THAT(error<Duration>("2 h"), HasSubstr("given in ps, ns, us, ms or s"));
    EXPECT_THAT(error<Duration>("fast"), HasSubstr("is not a duration"));
    EXPECT_THAT(error<Duration>(""), HasSubstr("is not a duration"));
    EXPECT_THAT(error<Duration>("1.2.3 ns"), HasSubstr("unknown unit"));
}

TEST(QuantityText, LeadingZerosAreRefused) {
    EXPECT_THAT(error<Duration>("010 ns"), HasSubstr("write '10 ns'"));
    EXPECT_THAT(parse_count("010").error, HasSubstr("write '10'"));
    EXPECT_THAT(parse_count("-007").error, HasSubstr("write '7'"));
    EXPECT_TRUE(parse_count("0"));
    EXPECT_TRUE(parse_quantity<Duration>("0.5 ns"));
}

TEST(QuantityText, CountsMayBeShortened) {
    EXPECT_EQ(parse_count("2 M").value, 2'000'000);
    EXPECT_EQ(parse_count("1.5 M").value, 1'500'000);
    EXPECT_EQ(parse_count("100k").value, 100'000);
    EXPECT_EQ(parse_count("262_144").value, 262144);
    EXPECT_THAT(parse_count("2.5").error, HasSubstr("not a whole number"));
    EXPECT_THAT(parse_count("2 apples").error, HasSubstr("not a whole number"));
    EXPECT_THAT(parse_count("0x10").error, HasSubstr("not a whole number"));
}

TEST(QuantityText, SharesArePercentOrFraction) {
    EXPECT_EQ(parse_share("2 %").value, Share{0.02});
    EXPECT_EQ(parse_share("0.02").value, Share{0.02});
    EXPECT_EQ(parse_share("2.3%").value, Share{0.023});
    EXPECT_EQ(parse_share("100 %").value, Share{1.0});
    EXPECT_THAT(parse_share("2 percent").error, HasSubstr("unknown unit"));
    EXPECT_EQ(to_text(Share{0.02}), "2 %");
    EXPECT_EQ(to_text(Share{1.0}), "100 %");
    EXPECT_EQ(to_text(Share{0}), "0 %");
    EXPECT_EQ(to_text(Share{1e-9}), "0.0000001 %");
}

TEST(QuantityText, PrintingIsShort) {
    EXPECT_EQ(to_text(1250_ns), "1.25 us");
    EXPECT_EQ(to_text(Frequency{833'333'333}), "833.333333 MHz");
    EXPECT_EQ(to_text(2200_mhz), "2.2 GHz");
    EXPECT_EQ(to_text(100_gbps), "100 Gb/s");
    EXPECT_EQ(to_text(1518_b), "1518 B");
    EXPECT_EQ(to_text(Bytes{262'144}), "256 KiB");
    EXPECT_EQ(to_text(Bytes{2'000'000}), "2 MB");
    EXPECT_EQ(to_text(3500_mw), "3.5 W");
    EXPECT_EQ(to_text(37'000'000_per_s), "37 M/s");
    EXPECT_EQ(to_text(0_ns), "0 ps");
    EXPECT_EQ(to_text(EventRate{500'000}), "0.5 /s");
    EXPECT_EQ(to_text(1.1), "1.1");
    EXPECT_EQ(to_text(-1e-40), "-1e-40");
}

template <class Q>
void expect_round_trip(std::int64_t value) {
    const std::string text = to_text(Q{value});
    const auto back = parse_quantity<Q>(text);
    EXPECT_TRUE(back) << text << " " << back.error;
    EXPECT_EQ(back.value.value, value) << text;
}

TEST(QuantityText, PrintedTextReadsBackAsTheSameValue) {
    std::uint64_t state = 12345;
    for (int i = 0; i < 2000; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const auto value = static_cast<std::int64_t>(state >> (1 + i % 62)) * (i % 3 == 0 ? -1 : 1);
        expect_round_trip<Duration>(value);
        expect_round_trip<Frequency>(value);
        expect_round_trip<BitRate>(value);
        expect_round_trip<Bytes>(value);
        expect_round_trip<Energy>(value);
        expect_round_trip<Power>(value);
        expect_round_trip<EventRate>(value);
        EXPECT_EQ(parse_count(to_text(value)).value, value);
        const double number = static_cast<double>(value) / 977.0;
        EXPECT_EQ(parse_number(to_text(number)).value, number) << to_text(number);
        EXPECT_EQ(parse_share(to_text(Share{number})).value, Share{number}) << to_text(number);
    }
}

}  // namespace
}  // namespace snsim
