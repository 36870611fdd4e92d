#include "models/base/frame_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>

#include "tests/support/bench.h"

namespace snsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class Call>
std::string refusal(Call call) {
    try {
        call();
    } catch (const std::logic_error& error) {
        return error.what();
    }
    return "";
}

class Stream : public testing::Test {
  protected:
    Stream() { source.out.bind(sink.in); }
    Bench bench;
    ScriptedSource source{"source", bench.agenda};
    RecordingSink sink{"sink", bench.agenda};
};

TEST_F(Stream, DeliversEachFrameWithItsTime) {
    for (const Picoseconds t : {0, 1, 1, 999'999'999}) source.send(t, plain(64));
    bench.run_until(2'000'000'000);
    EXPECT_THAT(sink.got, ElementsAre(Got{0, 0}, Got{1, 1}, Got{2, 1}, Got{3, 999'999'999}));
}

TEST_F(Stream, CarriesTimesFarAheadOfKernelAndAgenda) {
    constexpr Picoseconds ahead = 3'600'000'000'000'123;  // an hour, to the picosecond
    for (const Picoseconds when : {0, 5, 1'000'000'007}) {
        bench.at(when, [this] {
            Frame& frame = bench.agenda.frames().take();
            frame.sequence = 7;
            source.out.send(frame, bench.agenda.now() + ahead);
        });
    }
    bench.run_until(10);  // the kernel's clock moves on between the windows
    bench.run_until(2'000'000'000);
    EXPECT_THAT(sink.got,
                ElementsAre(Got{7, ahead}, Got{7, ahead + 5}, Got{7, ahead + 1'000'000'007}));
}

TEST_F(Stream, BringsCreditsBackWithTheirTime) {
    sink.credit_after = 17_ps;
    source.send(3, plain(64));
    source.send(1'000'000'000'000, plain(64));
    bench.run_until(500);
    bench.run_until(2'000'000'000'000);
    EXPECT_THAT(source.credits, ElementsAre(20, 1'000'000'000'017));
}

TEST_F(Stream, HandsTheFrameOverByReference) {
    const Frame* sent = nullptr;
    const Frame* received = nullptr;
    source.send(5, [&](Frame& frame) { sent = &frame; });
    sink.on_frame = [&](Frame& frame, Picoseconds) { received = &frame; };
    bench.run_until(10);
    EXPECT_NE(sent, nullptr);
    EXPECT_EQ(sent, received);
    EXPECT_EQ(bench.agenda.frames().live(), 0u);
}

TEST_F(Stream, RefusesTheTransportsItDoesNotHave) {
    bench.run_until(1);
    Frame& frame = bench.agenda.frames().take();
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    tlm::tlm_dmi dmi;
    EXPECT_THAT(refusal([&] { source.out->b_transport(frame, delay); }), HasSubstr("blocking"));
    EXPECT_THAT(refusal([&] { source.out->get_direct_mem_ptr(frame, dmi); }),
                HasSubstr("direct memory"));
    EXPECT_THAT(refusal([&] { source.out->transport_dbg(frame); }), HasSubstr("debug"));
    EXPECT_THAT(refusal([&] { sink.in->invalidate_direct_mem_ptr(0, 1); }),
                HasSubstr("direct memory"));
}

TEST_F(Stream, RefusesAPhaseInTheWrongDirection) {
    bench.run_until(1);
    Frame& frame = bench.agenda.frames().take();
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    FramePhase credit = FramePhase::credit;
    FramePhase deliver = FramePhase::deliver;
    EXPECT_THAT(refusal([&] { source.out->nb_transport_fw(frame, credit, delay); }),
                HasSubstr("deliveries"));
    EXPECT_THAT(refusal([&] { sink.in->nb_transport_bw(frame, deliver, delay); }),
                HasSubstr("credits"));
    EXPECT_TRUE(sink.got.empty());
    EXPECT_TRUE(source.credits.empty());
}

TEST(FrameOut, RefusesACreditWhenItsBlockCountsNone) {
    Bench bench;
    struct Owner : sc_core::sc_module {
        Owner(const sc_core::sc_module_name& name, Agenda& agenda)
            : sc_module(name), out("out", agenda) {}
        FrameOut out;
    };
    Owner owner("owner", bench.agenda);
    RecordingSink sink("sink", bench.agenda);
    owner.out.bind(sink.in);
    bench.run_until(1);
    Frame& frame = bench.agenda.frames().take();
    EXPECT_THAT(refusal([&] { sink.in.return_credit(frame, 10); }), HasSubstr("counts none"));
}

}  // namespace
}  // namespace snsim
