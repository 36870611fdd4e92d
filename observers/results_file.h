// The results file of one run (HDF5): series while the run lasts, everything else at its end.
//
//   /                       attributes schema_version, scenario, scenario_text, profiles (names),
//                           seed, complete, notes (if any)
//   /profiles               one attribute per profile: its text
//   /series/time            end of each interval in seconds; /series/<instance>/<metric> hang on
//                           it as dimension scale; attributes unit, description
//   /summary, /bottleneck, /audit and the tables of Results: one compound dataset each
//   /provenance             attributes that may differ between two equal runs, written last
//
// A table's attributes name, order and describe its columns. Equal content gives equal bytes up to
// /provenance. It is written whole or not at all (hdf5_output.h).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "observers/hdf5_output.h"

namespace snsim {

/// What the run was asked to do, as text.
struct ScenarioTexts {
    std::string resolved;                         ///< YAML with every effective value
    std::map<std::string, std::string> profiles;  ///< "cards/dsc-100" -> the file's text
};

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): final, and no sink deletes another
class ResultsFile final : public SeriesSink {
  public:
    static constexpr std::int64_t schema_version = 1;

    /// Creates the temporary file; throws ResultsError at once if `path` could not be written.
    explicit ResultsFile(std::string path);
    /// Abandons the file unless it was finished.
    ~ResultsFile();
    ResultsFile(const ResultsFile&) = delete;
    ResultsFile& operator=(const ResultsFile&) = delete;

    /// At most once, before the first append(). Paths of "" stand for the whole system.
    void declare(const std::vector<SeriesInfo>& series, double interval_s) override;
    void append(double end_s, const std::vector<double>& values) override;

    /// Writes everything and gives the file its name, which is returned.
    std::string finish(const Results& results, const ScenarioTexts& texts,
                       const Provenance& provenance);
    /// The same for a run that was cut short: complete = false, name NAME.partial.h5.
    std::string finish_partial(const Results& results, const ScenarioTexts& texts,
                               const Provenance& provenance);
    /// Removes the temporary file; nothing can be written any more.
    void abandon() noexcept;

    [[nodiscard]] const std::string& path() const { return out_.path(); }

  private:
    void guarded(const std::function<void()>& body);
    void create_series(bool whole);
    void write_buffered(bool last);
    void write_all(const Results& results, const ScenarioTexts& texts, const Provenance& provenance,
                   bool complete);
    void write_root(const Results& results, const ScenarioTexts& texts, bool complete);
    void write_tables(const Results& results);
    std::string close(bool whole);

    // state
    Hdf5Output out_;
    hdf5::Handle time_;
    std::vector<hdf5::Handle> series_;
    std::vector<SeriesInfo> declared_;
    double interval_s_ = 0;
    std::vector<double> times_;                 ///< of the intervals not yet written
    std::vector<std::vector<double>> buffers_;  ///< their values, by series
    std::uint64_t intervals_written_ = 0;
};

}  // namespace snsim
