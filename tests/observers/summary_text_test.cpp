// labels: unit
#include "observers/summary_text.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <sstream>

#include "tests/observers/sample_results.h"

namespace snsim {
namespace {

using testing::HasSubstr;
using testing::Not;

SummaryInfo sample_info() {
    SummaryInfo info;
    info.warmup_s = 340e-6;
    info.measure_s = 1e-3;
    info.drain_s = 200e-6;
    info.classes = {"clients"};
    info.output = "results/sample.h5";
    info.wall_s = 2.31;
    info.setup_s = 0.31;
    info.frames_per_wall_s = 2.1e6;
    return info;
}

/// At most 40 lines of 100 columns, none ending in a blank.
void expect_fits(const std::string& text) {
    std::istringstream stream(text);
    std::string line;
    int lines = 0;
    while (std::getline(stream, line)) {
        ++lines;
        const auto columns = std::count_if(line.begin(), line.end(), [](char c) {
            return (static_cast<unsigned>(c) & 0xC0U) != 0x80;
        });
        EXPECT_LE(columns, 100) << line;
    }
    EXPECT_LE(lines, 40) << text;
}

TEST(SummaryText, SaysWhatAPersonAsksFor) {
    const std::string text = summary_text(sample_results(), sample_info());
    EXPECT_EQ(text, R"(scenario    sample, seed 7
simulated   warm-up 340 us, measured 1 ms, drained 200 us

                offered   delivered          L2     loss       mean        p50        p99      p99.9
clients       14.88 M/s    9.82 M/s  5.028 Gb/s   34.0 %    12.3 us      11 us     850 ns          -

frames      14,880 offered, 9,820 delivered, 5,060 dropped
card power  74.25 W (peak 80.1 W), 7.56 uJ per frame
            host0.card.asic 53.25 W, host0.card.arm 21 W
drops              5,000  buffer_full at host0.card.asic.port0
                      60  policy at host0.card.asic.fw
limited by  host0.card.asic.ingress engines, 99.8 % busy; doubling them would give 1.27x

latency     of clients: 12.3 us on the mean, by station
  host0.card.asic.ingress                      10 us   81.3 %  ################################
  host0.card.asic.port0                       2.3 us   18.7 %  #######

audit       all 2 checks hold
notes       host0.card.asic: not steady
results     results/sample.h5
run         2.31 s of wall time, 310 ms of it to set up, then 2.1 M frames delivered per second
)");
    expect_fits(text);
}

TEST(SummaryText, NamesWhatLimitsFromOutside) {
    Results results = sample_results();
    results.bottlenecks = {{"wire", "", 1, 2}};
    EXPECT_THAT(summary_text(results, sample_info()),
                HasSubstr("limited by  the wire, 100.0 % busy; doubling it would give 2.00x\n"));
    results.bottlenecks = {{"traffic", "", 0.4, 1}, {"host0.card.arm", "cores", 0.25, 1}};
    EXPECT_THAT(summary_text(results, sample_info()),
                HasSubstr("limited by  the traffic offered: nothing inside is full; busiest is "
                          "host0.card.arm cores, 25.0 %\n"));
}

TEST(SummaryText, NamesStandWholeWhereverThereIsRoom) {
    const std::string station = "host0.card.asic.ingress.stage5.fw.connections.and.more";
    const std::string busiest = "host0.card.asic.ingress.with.a.rather.long.name";
    Results results = sample_results();
    results.bottlenecks = {{"traffic", "", 0.4, 1}, {busiest, "engines", 0.25, 1}};
    std::get<std::vector<std::string>>(results.tables[1].columns[1].values)[0] = station;
    SummaryInfo info = sample_info();
    info.classes = {"a-class-with-a-long-name"};
    info.columns = 0;  // no terminal
    std::string text = summary_text(results, info);
    EXPECT_THAT(text, HasSubstr("limited by  the traffic offered: nothing inside is full; busiest "
                                "is " +
                                busiest + " engines, 25.0 %\n"));
    EXPECT_THAT(text, HasSubstr("  " + station + "  "));
    EXPECT_THAT(text, HasSubstr("\na-class-with-a-long-name "));
    EXPECT_THAT(text, Not(HasSubstr("...")));
    info.columns = 100;
    text = summary_text(results, info);
    EXPECT_THAT(text, HasSubstr("limited by  the traffic offered: nothing inside is full; busiest "
                                "is\n              " +
                                busiest + " engines, 25.0 %\n"));
    info.columns = 140;
    EXPECT_THAT(summary_text(results, info), HasSubstr("is " + busiest + " engines, 25.0 %\n"));
    EXPECT_THAT(summary_text(results, info), HasSubstr("  " + station + "  "));
}

TEST(SummaryText, SaysWhatAHostsCoresDo) {
    Results results = sample_results();
    EXPECT_THAT(summary_text(results, sample_info()), Not(HasSubstr("cores busy")));
    results.summary.push_back({"host.cpu.cores", 1.25, "", 1.25, 1.25});
    results.summary.push_back({"host.cpu.cycles_per_frame", 4321, "", 4321, 4321});
    results.summary.push_back({"host.interrupts.rate", 35e3, "1/s", 35e3, 35e3});
    const std::vector<std::string> causes{"copy", "polling", "interrupt", "copy"};
    const std::vector<double> cycles{100, 5000, 500, 400};
    results.tables.push_back(
        {"host_cycles",
         "",
         {sample_column("cause", "", causes), sample_column("cycles", "", cycles)}});
    EXPECT_THAT(summary_text(results, sample_info()),
                HasSubstr("host        1.25 cores busy, 4,321 cycles a frame, 35 k/s interrupts\n"
                          "            copy 50.0 %, interrupt 50.0 %\n"));
}

TEST(SummaryText, SaysWhichDropsWereAskedFor) {
    Results results = sample_results();
    results.tables[2].columns.push_back(
        sample_column("kind", "", std::vector<std::string>{"loss", "policy"}));
    EXPECT_THAT(
        summary_text(results, sample_info()),
        HasSubstr("5,000  buffer_full at host0.card.asic.port0\n"
                  "                      60  policy at host0.card.asic.fw, as asked for\n"));
}

TEST(SummaryText, ARunCutShortSaysThatNothingWasAudited) {
    Results results = sample_results();
    results.complete = false;
    results.audit.clear();
    EXPECT_THAT(summary_text(results, sample_info()),
                HasSubstr("audit       left out: the run was cut short\n"));
}

TEST(SummaryText, ShowsFailedAuditsAndRunsCutShort) {
    Results results = sample_results();
    results.complete = false;
    results.audit.push_back({"conservation", "host0.card.asic", 10, 9.5, false, "one lost"});
    const std::string text = summary_text(results, sample_info());
    EXPECT_THAT(text, HasSubstr("sample, seed 7, CUT SHORT\n"));
    EXPECT_THAT(text, HasSubstr("1 of 3 checks FAILED\n"));
    EXPECT_THAT(text,
                HasSubstr("conservation at host0.card.asic: expected 10, found 9.5; one lost\n"));
}

TEST(SummaryText, BarsFitTheTerminal) {
    SummaryInfo info = sample_info();
    EXPECT_THAT(summary_text(sample_results(), info), Not(HasSubstr("█")));
    info.unicode = true;
    const std::string text = summary_text(sample_results(), info);
    EXPECT_THAT(text, HasSubstr("████████████████████████████████\n"));
    EXPECT_THAT(text, HasSubstr("███████▍\n"));
    expect_fits(text);
}

TEST(SummaryText, IsColouredOnlyWhenAsked) {
    SummaryInfo info = sample_info();
    EXPECT_THAT(summary_text(sample_results(), info), Not(HasSubstr("\033")));
    info.colour = true;
    EXPECT_THAT(summary_text(sample_results(), info),
                HasSubstr("\033[32mall 2 checks hold\033[0m"));
}

TEST(SummaryText, EmptyResultsGiveAShortPage) {
    const std::string text = summary_text({}, {});
    expect_fits(text);
    EXPECT_THAT(text, HasSubstr("audit       all 0 checks hold\n"));
    EXPECT_THAT(text, Not(HasSubstr("limited by")));
}

TEST(SummaryText, FitsAPageHoweverMuchThereIs) {
    const std::string endless = "host0.card.asic." + std::string(200, 'x') + "ü";
    Results results = sample_results();
    SummaryInfo info = sample_info();
    results.scenario = endless;
    info.output = endless;
    results.summary.push_back({"punt.frames", 5, "", 0, 0});
    results.bottlenecks[0].path = endless;
    for (int i = 0; i < 50; ++i) {
        info.classes.push_back("class" + std::to_string(i) + endless);
        results.notes.push_back(endless);
        results.audit.push_back({endless, endless, 1e-300, 1.0 / 3, false, endless});
        for (Table& table : results.tables) {
            for (Column& column : table.columns) {
                if (auto* texts = std::get_if<std::vector<std::string>>(&column.values)) {
                    texts->push_back(column.name == "class" ? "class" + std::to_string(i)
                                                            : endless);
                } else if (auto* reals = std::get_if<std::vector<double>>(&column.values)) {
                    reals->push_back(0.3 * i);
                } else {
                    std::get<std::vector<std::int64_t>>(column.values)
                        .push_back(std::int64_t{1'000'000'000} * i);
                }
            }
        }
    }
    for (const bool unicode : {false, true}) {
        info.unicode = unicode;
        expect_fits(summary_text(results, info));
    }
}

}  // namespace
}  // namespace snsim
