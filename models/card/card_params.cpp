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
            param("serdes", &P::serdes, 518_mw, 0_mw, 20_w,
                  "each port's serial lanes, always sending",
                  "5.02 pJ/bit, a 28 nm transceiver for such reach (Depaoli et al., JSSC 2019); 4 "
                  "lanes of 25.78 Gb/s",
                  {scenario, "1 W", "power.card.mean"}),
            param("pcie_phy", &P::pcie_phy, 721_mw, 0_mw, 20_w,
                  "the host interface's lanes, trained",
                  "1.93 pJ/bit to send (Bae et al., Electronics 2021, 28 nm) and 3.7 to receive "
                  "(Francese et al., JSSC 2014, 22 nm); 16 lanes of 8 GT/s",
                  {scenario, "1 W", "power.card.mean"}),
            param("arm", &P::arm, 3_w, 0_mw, 100_w, "the on-card cores, polling",
                  "AnandTech 2015, Cortex-A72 in 16FF+: 0.75 W per core",
                  {scenario, "1 W", "power.card.mean"}),
            param("dram_background", &P::dram_background, 82_mw, 0_mw, 10_w,
                  "each DRAM channel's standby and refresh",
                  "HBM2 by DRAMsim3's HBM2_8Gb_x128: 1.2 V x (IDD3N 55 mA + (IDD5AB - IDD3N) x "
                  "tRFC / tREFI)",
                  {scenario, "200 mW", "power.card.mean"}),
            param("unattributed", &P::unattributed, 500_mw, 0_mw, 100_w,
                  "leakage, clock trees, regulators: what no source splits further",
                  "fit: see docs/power.md", {scenario, "4 W", "power.card.mean"}),
            param("rx_byte", &P::rx_byte, 2500_fj, 0_fj, 1_nj * 1000,
                  "a byte through a port's receiver: its FEC code word stored and read",
                  "Horowitz, ISSCC 2014: 8 KB SRAM, 10 pJ per 64 bits, 45 nm; twice",
                  {scenario, "60 pJ", "power.card.mean"}),
            param("tx_byte", &P::tx_byte, 5_pj, 0_fj, 1_nj * 1000,
                  "a byte through a port's transmitter: into its FIFO and out",
                  "Horowitz, ISSCC 2014: 32 KB SRAM, 20 pJ per 64 bits, 45 nm; twice",
                  {scenario, "60 pJ", "power.card.mean"}),
            param("buffer_byte", &P::buffer_byte, 25_pj, 0_fj, 1_nj * 1000,
                  "a byte written to the packet buffer and read again",
                  "Horowitz, ISSCC 2014: 1 MB SRAM, 100 pJ per 64 bits, 45 nm; twice",
                  {scenario, "60 pJ", "power.card.mean"}),
            param("parser_byte", &P::parser_byte, 4_pj, 0_fj, 1_nj * 1000, "a header byte parsed",
                  "2.5 pJ through 8 KB SRAM (Horowitz, ISSCC 2014); 1.5 pJ for a header's 18 B to "
                  "search 256 x 40 bits (Bosshart et al., SIGCOMM 2013) at 0.58 fJ and read 128",
                  {scenario, "60 pJ", "power.card.mean"}),
            param("engine_cycle", &P::engine_cycle, 70_pj, 0_fj, 1_nj * 1000,
                  "a busy cycle of a match-action engine",
                  "Horowitz, ISSCC 2014: instruction fetch, decode and register file, 70 pJ, 45 nm",
                  {scenario, "90 pJ", "power.card.mean"}),
            param("sram_access", &P::sram_access, 800_pj, 0_fj, 1_nj * 1000,
                  "a table entry read from SRAM",
                  "Horowitz, ISSCC 2014: 1 MB SRAM, 100 pJ per 64 bits, 45 nm; 64 B",
                  {scenario, "2 nJ", "power.card.mean"}),
            param("tcam_access", &P::tcam_access, 6080_pj, 0_fj, 1_nj * 1000,
                  "a search of the TCAM",
                  "0.58 fJ per bit and search (Arsovski et al., JSSC 2013, 32 nm); 16,384 entries "
                  "of 640 bits",
                  {"quickstart", "900 nJ", "power.card.mean"}),
            param("cache_access", &P::cache_access, 900_pj, 0_fj, 1_nj * 1000,
                  "a line looked for in the table cache",
                  "Horowitz, ISSCC 2014: 1 MB SRAM, 100 pJ per 64 bits, 45 nm; 64 B and tags",
                  {scenario, "2 nJ", "power.card.mean"}),
            param("dram_access", &P::dram_access, 2_nj, 0_fj, 1_nj * 1000,
                  "a line read from or written to DRAM",
                  "O'Connor et al., MICRO 2017: HBM2 with I/O, 3.9 pJ/bit; 64 B",
                  {scenario, "30 nJ", "power.card.mean"}),
            param("pcie_byte", &P::pcie_byte, 5_pj, 0_fj, 1_nj * 1000,
                  "a byte over the PCIe link, either way: into a buffer and out",
                  "Horowitz, ISSCC 2014: 32 KB SRAM, 20 pJ per 64 bits, 45 nm; twice",
                  {"pcie-bench", "60 pJ", "power.card.mean"}),
            param("unattributed_frame", &P::unattributed_frame, 40_nj, 0_fj, 1_nj * 10000,
                  "a frame through the pipelines, besides the above", "fit: see docs/power.md",
                  {scenario, "90 nJ", "power.card.mean"}),
            param("unattributed_byte", &P::unattributed_byte, 330_pj, 0_fj, 1_nj * 1000,
                  "a frame byte through the card, besides the above", "fit: see docs/power.md",
                  {scenario, "500 pJ", "power.card.mean"}),
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
                            section("slot", &P::slot, "where it is plugged in"),
                            section("asic", &P::asic, "the programmable ASIC"),
                            section("pcie", &P::pcie, "the bus to the host"),
                            section("dma", &P::dma, "the engine that moves data over it"),
                            section("bar", &P::bar, "its memory that other devices reach"),
                            section("nic", &P::nic, "queues, rings and doorbells to the host"),
                            section("power", &P::power, "energy of events and states"),
                            reserved("arm", "the on-card CPU"),
                        });
    return table;
}

const ParamTable& DeviceParams::params() {
    using P = DeviceParams;
    static const ParamTable table = make_table<P>(
        "a device beside the card: its link, its DMA engine and its memory",
        {
            required(text("name", &P::name, "", "what paths and metrics call the device",
                          no_witness("a label"))),
            section("slot", &P::slot, "where it is plugged in"),
            section("pcie", &P::pcie, "its link"),
            section("dma", &P::dma, "the engine that moves data over it"),
            section("bar", &P::bar, "its memory that other devices reach"),
        });
    return table;
}

}  // namespace snsim
