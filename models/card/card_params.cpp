#include "models/card/card_params.h"

namespace snsim {

namespace {
constexpr const char* scenario = "dsc100-line-rate";
}

const ParamTable& CardPowerParams::params() {
    using P = CardPowerParams;
    static const ParamTable table = make_table<P>(
        "watts per state and joules per event of the card",
        {
            param("optics", &P::optics, 3500_mw, 0_mw, 20_w, "each port's pluggable module",
                  "SFF-8679 power class 4: at most 3.5 W", {scenario, "1 W", "power.card.mean"}),
            param("serdes", &P::serdes, 600_mw, 0_mw, 20_w,
                  "each port's serial lanes, always sending",
                  "estimate: 4 lanes of 25.78 Gb/s at 6 pJ/bit",
                  {scenario, "1 W", "power.card.mean"}),
            param("pcie_phy", &P::pcie_phy, 800_mw, 0_mw, 20_w,
                  "the host interface's lanes, trained", "estimate: 16 lanes of 8 GT/s at 6 pJ/bit",
                  {scenario, "1 W", "power.card.mean"}),
            param("arm", &P::arm, 3_w, 0_mw, 100_w, "the on-card cores, polling",
                  "AnandTech 2015, Cortex-A72 in 16FF+: 0.75 W per core",
                  {scenario, "1 W", "power.card.mean"}),
            param("dram_background", &P::dram_background, 100_mw, 0_mw, 10_w,
                  "each DRAM channel's standby and refresh", "estimate",
                  {scenario, "200 mW", "power.card.mean"}),
            param("unattributed", &P::unattributed, 5_w, 0_mw, 100_w,
                  "leakage, clock trees, regulators: what no source splits further",
                  "fit: the card's documented maximum", {scenario, "4 W", "power.card.mean"}),
            param("rx_byte", &P::rx_byte, 30_pj, 0_fj, 1_nj * 1000,
                  "a byte through a port's receiver",
                  "estimate: MAC, PCS and RS-FEC decoding at 4 pJ/bit",
                  {scenario, "60 pJ", "power.card.mean"}),
            param("tx_byte", &P::tx_byte, 16_pj, 0_fj, 1_nj * 1000,
                  "a byte through a port's transmitter",
                  "estimate: MAC, PCS and RS-FEC encoding at 2 pJ/bit",
                  {scenario, "60 pJ", "power.card.mean"}),
            param("buffer_byte", &P::buffer_byte, 25_pj, 0_fj, 1_nj * 1000,
                  "a byte written to the packet buffer and read again",
                  "Horowitz, ISSCC 2014: 1 MB SRAM, 100 pJ per 64 bits, 45 nm; twice",
                  {scenario, "60 pJ", "power.card.mean"}),
            param("parser_byte", &P::parser_byte, 10_pj, 0_fj, 1_nj * 1000, "a header byte parsed",
                  "estimate", {scenario, "60 pJ", "power.card.mean"}),
            param("engine_cycle", &P::engine_cycle, 70_pj, 0_fj, 1_nj * 1000,
                  "a busy cycle of a match-action engine",
                  "Horowitz, ISSCC 2014: instruction fetch, decode and register file, 70 pJ, 45 nm",
                  {scenario, "90 pJ", "power.card.mean"}),
            param("sram_access", &P::sram_access, 800_pj, 0_fj, 1_nj * 1000,
                  "a table entry read from SRAM",
                  "Horowitz, ISSCC 2014: 1 MB SRAM, 100 pJ per 64 bits, 45 nm; 64 B",
                  {scenario, "2 nJ", "power.card.mean"}),
            param("tcam_access", &P::tcam_access, 5_nj, 0_fj, 1_nj * 1000, "a search of the TCAM",
                  "estimate", {"quickstart", "900 nJ", "power.card.mean"}),
            param("cache_access", &P::cache_access, 900_pj, 0_fj, 1_nj * 1000,
                  "a line looked for in the table cache",
                  "Horowitz, ISSCC 2014: 1 MB SRAM, 100 pJ per 64 bits, 45 nm; 64 B and tags",
                  {scenario, "2 nJ", "power.card.mean"}),
            param("dram_access", &P::dram_access, 15_nj, 0_fj, 1_nj * 1000,
                  "a line read from or written to DRAM",
                  "Horowitz, ISSCC 2014: DRAM 1.3 to 2.6 nJ per 64 bits; 64 B",
                  {scenario, "30 nJ", "power.card.mean"}),
            param("unattributed_frame", &P::unattributed_frame, 80_nj, 0_fj, 1_nj * 10000,
                  "a frame through the pipelines, besides the above",
                  "fit: the card's documented maximum", {scenario, "90 nJ", "power.card.mean"}),
            param("unattributed_byte", &P::unattributed_byte, 200_pj, 0_fj, 1_nj * 1000,
                  "a frame byte through the card, besides the above",
                  "fit: the card's documented maximum", {scenario, "300 pJ", "power.card.mean"}),
        });
    return table;
}

const ParamTable& CardParams::params() {
    using P = CardParams;
    static const ParamTable table = make_table<P>(
        "the SmartNIC", {
                            text("profile", &P::profile, "",
                                 "file in scenarios/profiles/cards that gives the "
                                 "values not written in place",
                                 {scenario, "dsc-25", "rate.delivered"}),
                            section("asic", &P::asic, "the programmable ASIC"),
                            section("power", &P::power, "energy of events and states"),
                            reserved("arm", "the on-card CPU"),
                            reserved("pcie", "the bus to the host"),
                            reserved("nic", "queues, rings and doorbells towards the host"),
                        });
    return table;
}

}  // namespace snsim
