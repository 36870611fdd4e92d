// Running one scenario from the command line.
#pragma once

#include <string>
#include <vector>

namespace snsim {

enum class ShowProgress { automatic, on, off };

struct RunOptions {
    std::string scenario;           ///< path or name
    std::string output;             ///< results file; empty: results/<scenario name>.h5
    std::vector<std::string> sets;  ///< PATH=VALUE
    std::string seed;               ///< as given; empty: the scenario's
    std::string find;               ///< name of a search; empty: none
    std::string report;             ///< HTML file; empty: none
    std::string pcap_dir;           ///< folder for captures; empty: none asked for
    bool json = false;
    ShowProgress progress = ShowProgress::automatic;
};

/// Loads, simulates and writes; returns the exit code.
int run(const RunOptions& options);

}  // namespace snsim
